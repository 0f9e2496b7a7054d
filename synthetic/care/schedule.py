"""Who is operated on when, and who does not survive it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic.care.traits import Traits
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.care.workdays import workday
from ehrkit.synthetic.people.people import NO_ROLE, YEAR, People
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

# After a lumbar fusion: revision after the first year, and cervical fusion; before it:
# decompression. Design choice.
LATE_REVISION, LATER_CERVICAL, PRIOR_DECOMPRESSION = 0.05, 0.03, 0.06
# Days between planned surgeries of one person.
APART = 45
# Days before the extract after which no surgery is planned, so that it can be followed.
FOLLOWED = np.timedelta64(60, "D")
SETTLED = np.timedelta64(90, "D")
# Risk of death doubles with this many years of age, and grows by this factor with each
# condition that complicates surgery; design choice.
DOUBLING_YEARS, PER_CONDITION = 9.0, 1.35


@dataclass(frozen=True)
class Schedule(Rows):
    """One row per planned surgery, by person and day; `revision` follows an earlier fusion."""

    person: Array
    kind: Array
    day: Array
    revision: Array


def make_schedule(
    people: People, traits: Traits, spec: Spec, streams: Streams
) -> tuple[People, Schedule]:
    """Return the planned surgeries, and the people with deaths that follow from them."""
    rng = streams.of("schedule")
    planned = _planned(people, rng)
    people = _with_deaths(people, traits, planned, spec, rng)
    death = people.death[planned.person]
    return people, planned.take(np.flatnonzero(~(planned.day >= death)))


def _planned(people: People, rng: np.random.Generator) -> Schedule:
    """Return first surgeries, and those before or after them, on weekdays and well apart."""
    first = np.flatnonzero(people.role != NO_ROLE)
    role, date = people.role[first].astype(np.int64), people.index_date[first]
    fusion = role == SurgeryKind.LUMBAR_FUSION
    parts = [Schedule(first, role, date, np.zeros(len(first), bool))]
    for share, kind, low, high, revision in (
        (LATE_REVISION, SurgeryKind.LUMBAR_FUSION, 400, 1800, True),
        (PRIOR_DECOMPRESSION, SurgeryKind.DECOMPRESSION, -900, -90, False),
        (LATER_CERVICAL, SurgeryKind.CERVICAL_FUSION, 120, 1500, False),
    ):
        chosen = np.flatnonzero(fusion & (rng.random(len(first)) < share))
        size = len(chosen)
        day = date[chosen] + rng.integers(low, high, size).astype("timedelta64[D]")
        parts.append(
            Schedule(first[chosen], np.full(size, int(kind)), day, np.full(size, revision))
        )
    planned = Schedule.joined(parts)
    day = workday(planned.day, "forward")
    planned = replace(planned, day=day)
    inside = (day > CHART_START + SETTLED) & (day < EXTRACT - FOLLOWED)
    keep = np.flatnonzero(inside & ~(day >= people.death[planned.person]))
    planned = planned.take(keep[np.lexsort((day[keep], planned.person[keep]))])
    gap = np.diff(planned.day).astype(int)
    apart = np.r_[True, (np.diff(planned.person) > 0) | (gap > APART)]
    return planned.take(np.flatnonzero(apart[: len(planned)]))


def _with_deaths(
    people: People, traits: Traits, planned: Schedule, spec: Spec, rng: np.random.Generator
) -> People:
    """Return the people; some die within 30, or 31 to 90 days of a surgery."""
    age = (planned.day - people.birth[planned.person]).astype(int) / YEAR
    risk = 2 ** ((age - 60) / DOUBLING_YEARS) * PER_CONDITION ** traits.burden[planned.person]
    risk = relative(risk)
    draw = rng.random(len(planned))
    early = draw < spec.death_30_days * risk
    late = ~early & (draw < (spec.death_30_days + spec.death_31_to_90_days) * risk)
    days = np.where(early, rng.integers(1, 31, len(planned)), rng.integers(31, 91, len(planned)))
    last = planned.day >= people.index_date[planned.person]
    rows = np.flatnonzero((early | late) & last)[::-1]
    fatal = np.full(len(people), np.datetime64("NaT", "D"))
    fatal[planned.person[rows]] = planned.day[rows] + days[rows].astype("timedelta64[D]")
    # fmin takes the one that is there; nothing is known of deaths after the extract.
    death = np.fmin(people.death, fatal)
    return replace(people, death=np.where(death > EXTRACT, people.death, death))


def relative(risk: Array) -> Array:
    """Return risks relative to their mean, so that a rate stays what it was on average."""
    return risk / risk.mean() if len(risk) else risk
