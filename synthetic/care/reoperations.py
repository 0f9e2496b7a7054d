"""Second surgeries that nobody planned: washouts, evacuated haematomas, early revisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ehrkit.synthetic.care.complications import DEEP_WASHED, HAEMATOMA, Complications
from ehrkit.synthetic.care.encounters import DAY, HOUR
from ehrkit.synthetic.care.indications import decide
from ehrkit.synthetic.care.schedule import Schedule
from ehrkit.synthetic.care.stays import CC
from ehrkit.synthetic.care.surgeries import Surgeries, operate
from ehrkit.synthetic.care.vocabulary import Complication, Place, SurgeryKind
from ehrkit.synthetic.care.workdays import workday
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

# Deep infections as a share of all (catalogue), used to leave room for washouts among the
# reoperations of the first year.
DEEP = 0.45
# Days from a fusion to its revision in the first year, with shares: with washouts and
# haematomas they give 0.8, 1.7 and 3.8 % at 30, 90 and 365 days (Patel 2017, claims).
REVISION_DAYS = ((10, 30, 0.04), (31, 90, 0.28), (91, 365, 0.68))
# A second surgery needs this many days between the discharges around it.
APART = DAY


def second_surgeries(
    people: People,
    planned: Surgeries,
    complications: Complications,
    spec: Spec,
    streams: Streams,
) -> Surgeries:
    """Return washouts, evacuations and early revisions that fit between the other stays."""
    rng = streams.of("reoperations")
    found = Surgeries.joined(
        [
            _washouts(planned, complications, rng),
            _revisions(planned, spec, rng),
            _evacuations(planned, complications, rng),
        ]
    )
    return found.take(np.flatnonzero(_fitting(people, planned, found)))


def _washouts(
    planned: Surgeries, complications: Complications, rng: np.random.Generator
) -> Surgeries:
    """Return washouts of deep infections, on the day after they were noticed."""
    chosen = complications.take(complications.place == Place.WASHOUT)
    parent = chosen.surgery
    day = planned.date[parent] + chosen.after
    return replace(
        _again(planned, parent, SurgeryKind.WASHOUT, day, rng), indication=chosen.concept
    )


def _evacuations(
    planned: Surgeries, complications: Complications, rng: np.random.Generator
) -> Surgeries:
    """Return evacuations of haematomas, hours after the surgery and in the same stay."""
    chosen = complications.take(complications.kind == Complication.HAEMATOMA)
    parent = chosen.surgery
    close = planned.close[parent]
    found = _again(planned, parent, SurgeryKind.WASHOUT, planned.date[parent], rng)
    incision = close + rng.integers(60, 200, len(parent)) * (HOUR // 60)
    return replace(
        found,
        indication=chosen.concept,
        same_stay=np.ones(len(parent), bool),
        incision=incision,
        close=incision + HOUR,
        date=incision.astype("datetime64[D]"),
        discharge=planned.discharge[parent],
        drg=np.full(len(parent), "", dtype=object),
    )


def _revisions(planned: Surgeries, spec: Spec, rng: np.random.Generator) -> Surgeries:
    """Return revisions within a year of lumbar fusions."""
    room = spec.wound_infection * DEEP * DEEP_WASHED + HAEMATOMA
    share = max(spec.reoperation_first_year - room, 0)
    fused = planned.kind == SurgeryKind.LUMBAR_FUSION
    parent = np.flatnonzero(fused & (rng.random(len(planned)) < share))
    low, high, shares = np.array(REVISION_DAYS).T
    window = rng.choice(len(shares), len(parent), p=shares)
    days = rng.integers(low[window].astype(int), high[window].astype(int) + 1)
    day = workday(planned.date[parent] + days, "backward")
    return _again(planned, parent, SurgeryKind.LUMBAR_FUSION, day, rng)


def _again(
    planned: Surgeries, parent: Array, kind: SurgeryKind, day: Array, rng: np.random.Generator
) -> Surgeries:
    size = len(parent)
    plan = Schedule(planned.person[parent], np.full(size, int(kind)), day, np.ones(size, bool))
    # A revision has a reason of its own, whatever the age.
    operation = decide(plan.kind, plan.revision, np.zeros(size, bool), rng)
    surgeries = operate(plan, operation, np.full(size, CC), np.zeros(size, bool), rng)
    return replace(surgeries, follows=parent)


def _fitting(people: People, planned: Surgeries, found: Surgeries) -> Array:
    """Return a mask of second surgeries in life that overlap no other stay."""
    both = Surgeries.joined([planned, found])
    second = np.arange(len(both)) >= len(planned)
    separate = np.flatnonzero(~both.same_stay)
    order = separate[np.lexsort((both.incision[separate], both.person[separate]))]
    arrive, leave = both.incision[order] - 4 * HOUR, both.discharge[order] + APART
    same = both.person[order][1:] == both.person[order][:-1]
    clash = same & (arrive[1:] <= leave[:-1])
    bad = np.zeros(len(both), bool)
    bad[order[1:][clash]] = True
    bad[order[:-1][clash]] = True
    death = people.death[both.person].astype("datetime64[s]")
    late = (both.discharge >= death) | (both.discharge + DAY >= EXTRACT)
    fits: Array = ~(bad | late)[second]
    return fits
