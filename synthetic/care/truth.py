"""The clinical truth: people, surgeries and encounters that fit together in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.background import background_encounters
from ehrkit.synthetic.care.conservative import conservative_encounters
from ehrkit.synthetic.care.encounters import DAY, NOT_A_TIME, Encounters, separate
from ehrkit.synthetic.care.pathway import surgical_encounters
from ehrkit.synthetic.care.surgeries import Surgeries, plan_surgeries
from ehrkit.synthetic.care.traits import Traits, draw_traits
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.people.people import People, make_people
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT, Spec
from ehrkit.synthetic.streams import Streams


@dataclass(frozen=True)
class Truth:
    """What really happened, before any of it is written into a chart.

    Attributes:
        stay_of: per surgery, the row of its hospital contact.
        contact_of: per surgery, the row of its surgery contact.
    """

    spec: Spec
    people: People
    traits: Traits
    surgeries: Surgeries
    encounters: Encounters
    stay_of: Array
    contact_of: Array


def make_truth(spec: Spec, streams: Streams) -> Truth:
    """Draw people, surgeries and encounters, and keep what can have happened together."""
    people = make_people(spec, streams)
    traits = draw_traits(people, spec, streams)
    surgeries = plan_surgeries(people, spec, streams)
    stays, contacts, returns, clinic, calls = surgical_encounters(people, surgeries, spec, streams)
    terminal, emergencies, admissions, offices, others = background_encounters(
        people, spec, streams
    )
    conservative = conservative_encounters(people, traits, surgeries, spec, streams)
    levels = (
        (stays, 0),
        (returns, 1),
        (terminal, 1),
        (emergencies, 2),
        (admissions, 2),
        (clinic, 3),
        (conservative, 4),
        (offices, 4),
        (calls, 5),
        (others, 5),
    )
    encounters = Encounters.joined([part for part, _ in levels])
    priority = np.concatenate([np.full(len(part), level) for part, level in levels])
    possible = _possible(people, encounters)
    cancelled = encounters.kind == Kind.PREADMISSION
    rows = np.flatnonzero(possible & ~cancelled)
    kept = rows[separate(encounters.take(rows), priority[rows])]
    encounters = Encounters.joined(
        [encounters.take(np.flatnonzero(cancelled)), contacts, encounters.take(kept)]
    )
    encounters.end[encounters.end > EXTRACT] = NOT_A_TIME
    return Truth(
        spec,
        people,
        traits,
        surgeries,
        encounters,
        _row_of(surgeries, encounters, (Kind.STAY, Kind.OUTPATIENT_SURGERY, Kind.PREADMISSION)),
        _row_of(surgeries, encounters, (Kind.SURGERY_CONTACT,)),
    )


def _possible(people: People, encounters: Encounters) -> Array:
    """Return a mask of encounters within life and before the extract."""
    death = people.death[encounters.person].astype("datetime64[s]") + DAY
    alive = np.isnat(death) | (encounters.end <= death)
    born = encounters.start >= people.birth[encounters.person]
    mask: Array = alive & born & (encounters.start < EXTRACT)
    return mask


def _row_of(surgeries: Surgeries, encounters: Encounters, kinds: tuple[Kind, ...]) -> Array:
    rows = np.flatnonzero(np.isin(encounters.kind, kinds) & (encounters.surgery >= 0))
    found = np.full(len(surgeries), -1)
    found[encounters.surgery[rows]] = rows
    return found
