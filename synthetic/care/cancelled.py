"""Cancelled cases: most are done some weeks later, some are given up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.traits import ADULT, Traits
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.care.workdays import workday
from ehrkit.synthetic.people.people import YEAR, People
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

# Share of cancelled cases that are given up, and what was planned in them; design choice.
GIVEN_UP = 0.15
FOR_BACK = (SurgeryKind.LUMBAR_FUSION, SurgeryKind.DECOMPRESSION)


def cancelled_cases(
    people: People, traits: Traits, planned: Surgeries, spec: Spec, streams: Streams
) -> Surgeries:
    """Return cases that were cancelled one to six weeks before the surgery, and given up ones."""
    rng = streams.of("cancelled cases")
    share = spec.cancelled_case * (1 - GIVEN_UP)
    redone = np.flatnonzero(rng.random(len(planned)) < share)
    backs = np.flatnonzero(planned.follows < 0)
    backs = backs[np.isin(planned.kind[backs], FOR_BACK)]
    wanted = round(len(redone) * GIVEN_UP / (1 - GIVEN_UP))
    like = rng.permutation(backs)[:wanted]
    person = rng.permutation(np.flatnonzero(traits.back))[: len(like)]
    given_up = _moved(planned, like[: len(person)], rng)
    given_up = replace(given_up, person=person, redone_by=np.full(len(person), -1))
    possible = np.flatnonzero(_grown_and_alive(people, given_up))
    return Surgeries.joined([_moved(planned, redone, rng), given_up.take(possible)])


def _moved(planned: Surgeries, chosen: Array, rng: np.random.Generator) -> Surgeries:
    """Return planned surgeries as cases on an earlier day that did not take place."""
    cases = planned.take(chosen)
    shift = rng.integers(7, 43, len(chosen)).astype("timedelta64[D]")
    date = workday(cases.date - shift, "backward")
    move = (date - cases.date).astype("timedelta64[s]")
    return replace(
        cases,
        date=date,
        performed=np.zeros(len(chosen), bool),
        redone_by=chosen,
        follows=np.full(len(chosen), -1),
        incision=cases.incision + move,
        close=cases.close + move,
        discharge=cases.discharge + move,
    )


def _grown_and_alive(people: People, cases: Surgeries) -> Array:
    """Return a mask of cases of living adults."""
    age = (cases.date - people.birth[cases.person]).astype(int) / YEAR
    mask: Array = (age >= ADULT) & ~(people.death[cases.person] <= cases.date)
    return mask
