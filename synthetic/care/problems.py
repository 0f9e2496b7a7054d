"""The problem list of each person."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Problems, seen
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import SPINE_KINDS, Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array, stable_order
from ehrkit.synthetic.spec import EXTRACT
from ehrkit.synthetic.streams import Streams

# Share of conditions that somebody puts on the list; of indications for surgery, and of
# those the share that is taken off after surgery. Design choice.
LISTED, INDICATION_LISTED, TAKEN_OFF = 0.7, 0.8, 0.45
NEVER = np.datetime64("NaT", "D")


def list_problems(truth: Truth, streams: Streams) -> Problems:
    """Return chronic conditions from a visit on, and indications for surgery around it."""
    rng = streams.of("problems")
    problems = Problems.joined([_chronic(truth, rng), _indications(truth, rng)])
    death = truth.people.death[problems.person]
    alive = ~(problems.noted > death) & (problems.noted <= EXTRACT)
    problems = problems.take(np.flatnonzero(alive))
    late = (problems.resolved > truth.people.death[problems.person]) | (problems.resolved > EXTRACT)
    return Problems(
        problems.person,
        problems.concept,
        problems.noted,
        np.where(late, NEVER, problems.resolved),
    )


def _chronic(truth: Truth, rng: np.random.Generator) -> Problems:
    """Return conditions noted at one of the first visits.

    Nicotine dependence ends with the habit, and is history where that had ended before.
    """
    known, traits = catalogue().diagnoses, truth.traits
    first = _first_visit(truth)
    mask = traits.chronic & ~np.isnat(first)[:, None]
    person, condition = np.nonzero(mask & (rng.random(mask.shape) < LISTED))
    concept = known.positions("chronic")[condition]
    noted = first[person]
    gone = traits.quit[person]
    nicotine = concept == known.concept("chronic", "F17.210")
    concept[nicotine & (gone <= noted)] = known.concept("history", "Z87.891")
    return Problems(person, concept, noted, np.where(nicotine & (gone > noted), gone, NEVER))


def _first_visit(truth: Truth) -> Array:
    """Return the first day each person was seen at a clinic or admitted; NaT for never."""
    encounters = truth.encounters
    visit = np.isin(encounters.kind, (Kind.OFFICE, Kind.CONSULT, Kind.STAY, Kind.ADMISSION))
    rows = np.flatnonzero(seen(truth) & visit & (encounters.service < 0))
    rows = rows[stable_order(encounters.start[rows])]
    first = np.full(len(truth.people), NEVER)
    first[encounters.person[rows][::-1]] = encounters.start[rows][::-1].astype("datetime64[D]")
    return first


def _indications(truth: Truth, rng: np.random.Generator) -> Problems:
    surgeries = truth.surgeries
    spine = surgeries.performed & np.isin(surgeries.kind, SPINE_KINDS)
    rows = np.flatnonzero(spine & (rng.random(len(surgeries)) < INDICATION_LISTED))
    noted = surgeries.date[rows] - rng.integers(40, 400, len(rows))
    noted = np.maximum(noted, truth.people.birth[surgeries.person[rows]])
    after = surgeries.date[rows] + rng.integers(30, 200, len(rows))
    resolved = np.where(rng.random(len(rows)) < TAKEN_OFF, after, NEVER)
    return Problems(surgeries.person[rows], surgeries.indication[rows], noted, resolved)
