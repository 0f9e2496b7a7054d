"""Recovery: when a person's steps are back at a share of their own baseline, with censoring.

Percent of own baseline by day or week is `align` with those windows (see `periods`);
here is the time until the share is reached.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.wearables.anchors import Anchors
from ehrkit.wearables.person_days import read_days
from ehrkit.wearables.prefix_sums import Days, Ints
from ehrkit.wearables.validity import Flags
from ehrkit.wearables.windows import Window

REACHED = "reached"
CENSORED = "censored"
NO_BASELINE = "no-baseline"
UNOBSERVED = "unobserved"


@dataclass(frozen=True)
class Recovery:
    """What counts as recovered.

    Attributes:
        baseline: the window whose mean over valid days is 100 %.
        percent: the share of the baseline to reach.
        consecutive_days: valid days in a row, on successive dates, that must reach it. The
        default is the
            "within 90 % for 2 consecutive days" of 10.1177/21925682261418658.
        horizon: the last day after the anchor that is looked at; 182 days are 26 weeks.
        min_baseline_days: valid days that the baseline needs.
    """

    baseline: Window
    percent: float = 90.0
    consecutive_days: int = 2
    horizon: int = 182
    min_baseline_days: int = 7

    def __post_init__(self) -> None:
        """Refuse values that no person can meet."""
        if self.percent <= 0:
            raise UsageError("the percentage must be above zero", where="--time-to")
        if not 1 <= self.consecutive_days <= self.horizon:
            raise UsageError("the days in a row must fit the horizon", where="--consecutive")
        if self.min_baseline_days < 1:
            raise UsageError("a baseline needs at least one day", where="--min-baseline-days")


def periods(by: str, horizon: int, lead: int = 0) -> tuple[Window, ...]:
    """Return one window per day or week, from `lead` days before the anchor to the horizon.

    Day 0 is in none of them: week -1 ends on day -1 and week 1 begins on day 1.

    Raises:
        UsageError: `by` is neither, a bound is negative, or the horizon holds no whole period.
    """
    length = {"week": 7, "day": 1}.get(by)
    if length is None or horizon < length or lead < 0:
        raise UsageError("a trajectory needs one whole day or week", where="--by, --horizon")
    before = range(-(lead // length), 0)
    after = range(1, horizon // length + 1)
    return (
        *(Window(f"{by}{n}", n * length, n * length + length - 1) for n in before),
        *(Window(f"{by}{n}", (n - 1) * length + 1, n * length) for n in after),
    )


def recovery_schema(person: pa.Field) -> pa.Schema:
    """Return the columns of the output; `day` is the offset of the event or of censoring."""
    return pa.schema(
        [
            person,
            field("anchor_date", pa.date32(), Phi.DATE),
            field("baseline_valid_days", pa.int32(), Phi.NONE),
            field("baseline_steps_mean", pa.float64(), Phi.NONE),
            field("status", pa.string(), Phi.NONE),
            field("day", pa.int32(), Phi.NONE),
        ]
    )


def time_to_recovery(daily: pa.RecordBatchReader, anchors: Anchors, plan: Recovery) -> pa.Table:
    """Return one row per anchor, in the order of the anchors.

    `status` is `reached` (`day` is the first day of the run), `censored` (`day` is the last valid
    day that was observed, up to censoring and horizon; without data nobody is said not to have
    recovered), `no-baseline`, or `unobserved` (no valid day after the anchor); in the last two
    `day` is null. A missing or invalid day breaks a run: it can show neither recovery nor its
    absence.

    Raises:
        DataError: the daily table is malformed.
    """
    people = {name: place for place, name in enumerate(sorted(set(anchors.people)))}
    days = read_days(daily, anchors.person_field.name, people)
    edges = np.searchsorted(days.person, np.arange(len(people) + 1))
    rows = []
    for place, name in enumerate(anchors.people):
        own = slice(edges[people[name]], edges[people[name] + 1])
        first, last = int(anchors.first[place]), int(anchors.last[place])
        rows.append(_one(days, own, int(anchors.day[place]), (first, last), plan))
    count, mean, status, day = zip(*rows, strict=True) if rows else ((), (), (), ())
    schema = recovery_schema(anchors.person_field)
    dates = pa.array(anchors.day.astype(np.int32), pa.int32()).cast(pa.date32())
    columns = [anchors.people, dates, count, mean, status, day]
    arrays = [pa.array(values, type_) for values, type_ in zip(columns, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _one(
    days: Days, own: slice, anchor: int, observed: tuple[int, int], plan: Recovery
) -> tuple[int, float | None, str, int | None]:
    """Return valid baseline days, their mean, status and day of one anchor."""
    kept = days.measures["valid"][own] > 0
    day, steps = days.day[own][kept], days.measures["steps"][own][kept]
    kept = (day >= observed[0]) & (day <= observed[1])
    offset, steps = day[kept] - anchor, steps[kept]
    base = steps[(offset >= plan.baseline.first_day) & (offset <= plan.baseline.last_day)]
    mean = float(base.mean()) if len(base) else None
    if mean is None or mean == 0 or len(base) < plan.min_baseline_days:
        return len(base), mean, NO_BASELINE, None
    after = (offset >= 1) & (offset <= plan.horizon)
    offset, steps = offset[after], steps[after]
    if not len(offset):
        return len(base), mean, UNOBSERVED, None
    start = _first_run(offset, 100 * steps >= plan.percent * mean, plan.consecutive_days)
    if start is not None:
        return len(base), mean, REACHED, start
    return len(base), mean, CENSORED, int(offset[-1])


def _first_run(offset: Ints, met: Flags, days: int) -> int | None:
    """Return the first offset of a run of successive dates that all meet the share."""
    good = offset[met]
    if len(good) < days:
        return None
    whole = good[days - 1 :] - good[: len(good) - days + 1] == days - 1
    return int(good[np.argmax(whole)]) if whole.any() else None
