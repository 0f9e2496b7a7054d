"""Incidence rates per person-time, from a cohort with an outcome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.analysis.columns import Numbers, need, numbers, texts
from ehrkit.queries.analysis.poisson import garwood
from ehrkit.queries.analysis.summaries import Mask

# The mean length of a year in the Gregorian calendar is 365.2425; epidemiology writes 365.25.
DAYS_OF_A_YEAR = 365.25
SCHEMA = pa.schema(
    [
        field("outcome", pa.string(), Phi.NONE),
        field("variable", pa.string(), Phi.NONE),
        field("level", pa.string(), Phi.NONE),
        field("rows", pa.int64(), Phi.NONE),
        field("unknown", pa.int64(), Phi.NONE),
        field("events", pa.int64(), Phi.NONE),
        field("person_years", pa.float64(), Phi.NONE),
        field("rate", pa.float64(), Phi.NONE),
        field("lower", pa.float64(), Phi.NONE),
        field("upper", pa.float64(), Phi.NONE),
    ]
)


def incidence(
    data: pa.Table,
    outcome: str,
    *,
    by: Sequence[str] = (),
    per: float = 1000.0,
    confidence: float = 0.95,
) -> pa.Table:
    """Return events, person-years and rates, overall and for each level of each column of `by`.

    Args:
        data: a cohort's rows with `OUTCOME` (1 or 0) and `OUTCOME_days` (days at risk).
        outcome: the name of the outcome.
        by: columns whose values are strata, one after the other.
        per: the rate is per so many person-years of 365.25 days.
        confidence: of the exact limits (Garwood 1936).

    Returns:
        One row overall (variable and level null) and one per level; rows whose outcome is
        unknown count as `unknown` alone. Without person-time there is no rate.

    Raises:
        UsageError: no such column, or it is no outcome.
        DataError: an outcome that is neither 0 nor 1, or a negative time.
    """
    need(data, [outcome, *by])
    if f"{outcome}_days" not in data.column_names:
        raise _no_outcome(outcome, data.column_names)
    events, days = numbers(data, outcome), numbers(data, f"{outcome}_days")
    _check(events, days, outcome)
    rows = [_rate(np.ones(len(events), bool), events, days, per, confidence)]
    for name in by:
        values = texts(data, name)
        for level in sorted({value for value in values if value is not None}):
            found = _rate(values == level, events, days, per, confidence)
            rows.append({"variable": name, "level": level, **found})
    return pa.Table.from_pylist([{"outcome": outcome, **row} for row in rows], schema=SCHEMA)


def _no_outcome(name: str, columns: list[str]) -> UsageError:
    known = [one for one in columns if {f"{one}_days", f"{one}_reason"} <= set(columns)]
    return UsageError(
        f"is no [[outcome]]: there is no column {name}_days",
        where=f"column {name}",
        hint=f"Outcomes of this table: {', '.join(known) or 'none'}.",
    )


def _check(events: Numbers, days: Numbers, outcome: str) -> None:
    if set(np.unique(events[~np.isnan(events)])) - {0.0, 1.0}:
        raise DataError("holds something else than 0, 1 and unknown", where=f"column {outcome}")
    if (days < 0).any():
        raise DataError("holds a negative time", where=f"column {outcome}_days")


def _rate(
    inside: Mask, events: Numbers, days: Numbers, per: float, confidence: float
) -> dict[str, int | float | str | None]:
    known = inside & ~np.isnan(events) & ~np.isnan(days)
    count, years = int(events[known].sum()), float(days[known].sum() / DAYS_OF_A_YEAR)
    lower, upper = garwood(count, confidence)
    rates = [n * per / years if years else None for n in (count, lower, upper)]
    return {
        "rows": int(inside.sum()),
        "unknown": int((inside & ~known).sum()),
        "events": count,
        "person_years": years,
        **dict(zip(("rate", "lower", "upper"), rates, strict=True)),
    }
