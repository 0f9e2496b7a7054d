"""Table 1: what a cohort is like, overall and by group, with standardised differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.queries.analysis.columns import need
from ehrkit.queries.analysis.summaries import (
    ALL,
    Moments,
    Summary,
    default_columns,
    groups_of,
    summarise,
)
from ehrkit.queries.analysis.suppression import hide

HIDDEN = "(hidden)"
MISSING = "(missing)"
YES_OR_NO = ("0", "1")
Row = dict[str, str | float | None]


def table_one(
    data: pa.Table,
    *,
    by: str | None = None,
    columns: Sequence[str] = (),
    continuous: Sequence[str] = (),
    smallest: int = 0,
) -> pa.Table:
    """Describe the rows of a cohort.

    Args:
        data: one row per index event; every row counts.
        by: the column whose values are the groups; rows where it is unknown count in `all` alone.
        columns: what to show; if nothing, all but identifiers, dates and free text.
        continuous: columns to read as numbers, whatever their type (CSV gives texts).
        smallest: the smallest count that may be shown, 0 for no limit; see `suppression`.

    Returns:
        One row per variable and level: variable, level, statistic, a text per group, and `smd`,
        the largest absolute standardised difference of any two groups. Shares are of those
        known, of missing ones of all. The columns of counts keep their order of groups.

    Raises:
        UsageError: no such column; too many groups or levels.
        DataError: a continuous column holds no numbers.
    """
    groups = groups_of(data, by)
    names = list(columns) or default_columns(data.schema, by)
    need(data, [*names, *continuous])
    if not names:
        raise UsageError("there is no column to describe", hint="Name some: --columns age,sex")
    sizes = {group: int(mask.sum()) for group, mask in groups.items()}
    closed = [group for group, away in _hidden(sizes, smallest).items() if away]
    cells = {group: f"{size:,}" for group, size in sizes.items()}
    rows: list[Row] = [{"variable": "rows", "statistic": "n", **cells}]
    for name in names:
        summary = summarise(data, name, groups, continuous=name in continuous)
        rows += _of_levels(summary, smallest) if summary.counts else _of_number(summary, smallest)
    return pa.Table.from_pylist(
        [_close(row, closed) for row in rows],
        schema=pa.schema(
            [
                *(_text(name) for name in ("variable", "level", "statistic", *groups)),
                field("smd", pa.float64(), Phi.NONE),
            ]
        ),
    )


def _text(name: str) -> pa.Field:
    return field(name, pa.string(), Phi.NONE)


def _close(row: Row, closed: Iterable[str]) -> Row:
    """Hide all of a group whose size is hidden: shares would tell it."""
    hidden: Row = dict.fromkeys(closed, HIDDEN)
    return {**row, **hidden, "smd": None} if hidden else row


def _hidden(counts: dict[str, int], smallest: int) -> dict[str, bool]:
    """Return which counts of one thing in all and in each group to hide."""
    return dict(zip(counts, hide(np.array([list(counts.values())]), smallest)[0], strict=True))


def _of_levels(summary: Summary, smallest: int) -> Iterator[Row]:
    """Yield a row per level (of yes or no, the yes alone), and one of missing values."""
    parts = [[*counts, summary.missing[group]] for group, counts in summary.counts.items()]
    hidden = hide(np.array(parts).T, smallest)
    difference = None if hidden.any() else summary.difference
    for place, level in enumerate(summary.levels):
        if summary.levels == YES_OR_NO and level == YES_OR_NO[0]:
            continue
        away = dict(zip(summary.counts, hidden[place], strict=True))
        counts = {group: found[place] for group, found in summary.counts.items()}
        yield _count_row(summary.name, level, counts, summary.known, away) | {"smd": difference}
        difference = None
    yield from _missing(summary, dict(zip(summary.counts, hidden[-1], strict=True)))


def _of_number(summary: Summary, smallest: int) -> Iterator[Row]:
    """Yield mean (SD), median [quartiles], and missing values."""
    hidden = _hidden(summary.known, smallest)
    away = any(hidden.values())
    shown = {
        group: moments
        for group, moments in summary.moments.items()
        if summary.known[group] and not (hidden[group] or (away and group == ALL))
    }
    closed: Row = {group: HIDDEN for group in summary.moments if summary.known[group]}
    means: Row = {group: _mean(one) for group, one in shown.items()}
    medians: Row = {group: _median(one) for group, one in shown.items()}
    difference = None if away else summary.difference
    start: Row = {"variable": summary.name, "smd": difference}
    yield start | {"statistic": "mean (SD)"} | closed | means
    yield start | {"statistic": "median [IQR]", "smd": None} | closed | medians
    yield from _missing(summary, _hidden(summary.missing, smallest))


def _mean(one: Moments) -> str:
    return f"{one.mean:.1f}" if np.isnan(one.sd) else f"{one.mean:.1f} ({one.sd:.1f})"


def _median(one: Moments) -> str:
    return f"{one.median:.1f} [{one.q1:.1f}, {one.q3:.1f}]"


def _missing(summary: Summary, away: dict[str, bool]) -> Iterator[Row]:
    if any(summary.missing.values()):
        totals = {group: n + summary.known[group] for group, n in summary.missing.items()}
        yield _count_row(summary.name, MISSING, summary.missing, totals, away)


def _count_row(
    name: str, level: str, counts: dict[str, int], totals: dict[str, int], away: dict[str, bool]
) -> Row:
    cells: Row = {group: _share(count, totals[group]) for group, count in counts.items()}
    hidden: Row = {group: HIDDEN for group in counts if away[group]}
    return {"variable": name, "level": level, "statistic": "n (%)", **cells, **hidden}


def _share(count: int, total: int) -> str | None:
    return f"{count:,} ({100 * count / total:.1f})" if total else None
