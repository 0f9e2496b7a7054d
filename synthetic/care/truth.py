"""The clinical truth: people, surgeries and encounters that fit together in time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic.care.background import background_encounters
from ehrkit.synthetic.care.cancelled import cancelled_cases
from ehrkit.synthetic.care.complications import Complications
from ehrkit.synthetic.care.conservative import conservative_encounters
from ehrkit.synthetic.care.destinations import leave_admissions
from ehrkit.synthetic.care.encounters import DAY, NOT_A_TIME, Encounters, separate
from ehrkit.synthetic.care.pathway import surgical_encounters
from ehrkit.synthetic.care.reoperations import second_surgeries
from ehrkit.synthetic.care.returns import returns_after
from ehrkit.synthetic.care.surgeries import Surgeries, plan_surgeries
from ehrkit.synthetic.care.traits import Traits, draw_traits
from ehrkit.synthetic.care.vocabulary import Kind, Place, SurgeryKind
from ehrkit.synthetic.people.people import People, make_people
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec
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
    complications: Complications
    stay_of: Array
    contact_of: Array

    def urgent(self) -> Array:
        """Return a mask of admissions that nobody planned, and that no emergency visit began."""
        kind, washed = self.encounters.kind, self.surgeries.kind == SurgeryKind.WASHOUT
        # Surgery -1 is none: what is added at the end stands for it.
        washout = np.append(washed, False)[self.encounters.surgery]
        mask: Array = (kind == Kind.ADMISSION) | ((kind == Kind.STAY) & washout)
        return mask


def make_truth(spec: Spec, streams: Streams) -> Truth:
    """Draw people, surgeries and encounters, and keep what can have happened together."""
    people = make_people(spec, streams)
    traits = draw_traits(people, spec, streams)
    people, planned, complications = plan_surgeries(people, traits, spec, streams)
    second = second_surgeries(people, planned, complications, spec, streams)
    cancelled = cancelled_cases(people, traits, planned, spec, streams)
    surgeries = Surgeries.joined([planned, second, cancelled])
    encounters = _encounters(people, traits, surgeries, complications, spec, streams)
    stay_of = _row_of(
        surgeries, encounters, (Kind.STAY, Kind.OUTPATIENT_SURGERY, Kind.PREADMISSION)
    )
    stay_of = np.where(surgeries.same_stay, stay_of[surgeries.follows], stay_of)
    return Truth(
        spec,
        people,
        traits,
        surgeries,
        encounters,
        _treated(complications, surgeries, encounters, stay_of),
        stay_of,
        _row_of(surgeries, encounters, (Kind.SURGERY_CONTACT,)),
    )


def _encounters(
    people: People,
    traits: Traits,
    surgeries: Surgeries,
    complications: Complications,
    spec: Spec,
    streams: Streams,
) -> Encounters:
    """Return all encounters; where two overlap, the one earlier in this list stays."""
    stays, contacts, clinic, calls = surgical_encounters(people, traits, surgeries, streams)
    treated, emergency, readmitted = returns_after(surgeries, complications, traits, spec, streams)
    conservative = conservative_encounters(traits, surgeries, spec, streams)
    terminal, emergencies, admissions, offices, others = background_encounters(
        people, spec, streams
    )
    levels = (
        (stays, 0),
        (treated, 1),
        (terminal, 2),
        (emergency, 3),
        (readmitted, 3),
        (emergencies, 4),
        (admissions, 4),
        (clinic, 5),
        (conservative, 6),
        (offices, 7),
        (calls, 8),
        (others, 8),
    )
    encounters = Encounters.joined([part for part, _ in levels])
    priority = np.concatenate([np.full(len(part), level) for part, level in levels])
    possible = _possible(people, encounters)
    preadmitted = encounters.kind == Kind.PREADMISSION
    rows = np.flatnonzero(possible & ~preadmitted)
    kept = rows[separate(encounters.take(rows), priority[rows])]
    encounters = Encounters.joined(
        [encounters.take(np.flatnonzero(preadmitted)), contacts, encounters.take(kept)]
    )
    leave_admissions(people, encounters, streams.of("destinations"))
    encounters.end[encounters.end > EXTRACT] = NOT_A_TIME
    return encounters


def _treated(
    complications: Complications, surgeries: Surgeries, encounters: Encounters, stay_of: Array
) -> Complications:
    """Return the complications that were treated, each with its encounter."""
    washed = np.full(len(surgeries), -1)
    again = np.flatnonzero((surgeries.kind == SurgeryKind.WASHOUT) & ~surgeries.same_stay)
    washed[surgeries.follows[again]] = stay_of[again]
    found = np.full(len(complications), -1)
    rows = np.flatnonzero(encounters.complication >= 0)
    found[encounters.complication[rows]] = rows
    surgery = complications.surgery
    encounter = np.select(
        [complications.place == Place.STAY, complications.place == Place.WASHOUT],
        [stay_of[surgery], washed[surgery]],
        found,
    )
    return replace(complications, encounter=encounter).take(encounter >= 0)


def _possible(people: People, encounters: Encounters) -> Array:
    """Return a mask of encounters within life and the time of the chart."""
    death = people.death[encounters.person].astype("datetime64[s]") + DAY
    alive = np.isnat(death) | (encounters.end <= death)
    born = encounters.start >= people.birth[encounters.person]
    charted = (encounters.start >= CHART_START) & (encounters.start < EXTRACT)
    mask: Array = alive & born & charted
    return mask


def _row_of(surgeries: Surgeries, encounters: Encounters, kinds: tuple[Kind, ...]) -> Array:
    rows = np.flatnonzero(np.isin(encounters.kind, kinds) & (encounters.surgery >= 0))
    found = np.full(len(surgeries), -1)
    found[encounters.surgery[rows]] = rows
    return found
