"""What one variable is like in each group: counts per level, or mean, spread and quartiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ehrkit.core.columns import Phi, phi_of
from ehrkit.core.errors import UsageError
from ehrkit.queries.analysis.columns import Numbers, is_number, need, numbers, texts
from ehrkit.queries.analysis.differences import of_categories, of_numbers

# Of a text with more levels than this no table can be read; design choice.
LEVELS = 50
ALL = "all"
# Identifiers, dates and free text say nothing of a group, and would disclose persons.
_LEFT_OUT = {*Phi} - {Phi.QUASI, Phi.NONE}
_IDENTIFIERS = ("person_id", "encounter_id")
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Moments:
    """Mean, sample standard deviation, median and quartiles; NaN where there is too little."""

    mean: float
    sd: float
    median: float
    q1: float
    q3: float


@dataclass(frozen=True)
class Summary:
    """One variable.

    Attributes:
        levels: its categories in the order of the table; none for a number.
        known, missing: how many, per group.
        counts: per group, how many are in each level.
        moments: per group, for a number.
        difference: the largest standardised difference of any two groups, or None.
    """

    name: str
    levels: tuple[str, ...]
    known: dict[str, int]
    missing: dict[str, int]
    counts: dict[str, tuple[int, ...]] = field(default_factory=dict)
    moments: dict[str, Moments] = field(default_factory=dict)
    difference: float | None = None


def groups_of(data: pa.Table, by: str | None) -> dict[str, Mask]:
    """Return a mask per group, everybody first; rows of an unknown group are in none but that.

    Raises:
        UsageError: no such column, too many groups, or one that is called `all`.
    """
    found: dict[str, Mask] = {ALL: np.ones(data.num_rows, bool)}
    if by is None:
        return found
    need(data, [by])
    values = texts(data, by)
    names = _in_order(values)
    if len(names) > LEVELS or ALL in names:
        what = f"a group is called {ALL}" if ALL in names else f"more than {LEVELS} groups"
        raise UsageError(what, where=f"--by {by}")
    return found | {name: values == name for name in names}


def default_columns(schema: pa.Schema, by: str | None) -> list[str]:
    """Return what a Table 1 shows if nobody says: no identifiers, dates or free text."""
    return [
        column.name
        for column in schema
        if column.name != by
        and column.name not in _IDENTIFIERS
        and phi_of(column) not in _LEFT_OUT
        and not pa.types.is_temporal(column.type)
    ]


def summarise(data: pa.Table, name: str, groups: dict[str, Mask], *, continuous: bool) -> Summary:
    """Summarise one column; 0 and 1 alone are a category.

    Raises:
        UsageError: a text has too many levels.
        DataError: a column that is said to be continuous holds no numbers.
    """
    if continuous or is_number(data[name].type):
        values = numbers(data, name)
        if continuous or set(np.unique(values[~np.isnan(values)])) - {0.0, 1.0}:
            return _of_numbers(name, values, groups)
        levels = np.array([None if np.isnan(v) else str(int(v)) for v in values], dtype=object)
        return _of_levels(name, levels, groups)
    return _of_levels(name, texts(data, name), groups)


def _of_numbers(name: str, values: Numbers, groups: dict[str, Mask]) -> Summary:
    inside = {group: values[mask & ~np.isnan(values)] for group, mask in groups.items()}
    known = {group: len(found) for group, found in inside.items()}
    apart = [inside[group] for group in groups if group != ALL]
    return Summary(
        name,
        (),
        known,
        {group: int(mask.sum()) - known[group] for group, mask in groups.items()},
        moments={group: _moments(found) for group, found in inside.items()},
        difference=_largest([of_numbers(one, other) for one, other in combinations(apart, 2)]),
    )


def _of_levels(name: str, values: npt.NDArray[np.object_], groups: dict[str, Mask]) -> Summary:
    levels = _in_order(values)
    if len(levels) > LEVELS:
        raise UsageError(
            f"has {len(levels)} levels, more than a table can show",
            where=f"column {name}",
            hint="Leave it out (--columns), or say that it is a number (--continuous).",
        )
    counts = {
        group: tuple(int((values[mask] == level).sum()) for level in levels)
        for group, mask in groups.items()
    }
    apart = [np.array(counts[group]) for group in groups if group != ALL]
    known = {group: sum(found) for group, found in counts.items()}
    return Summary(
        name,
        tuple(levels),
        known,
        {group: int(mask.sum()) - known[group] for group, mask in groups.items()},
        counts=counts,
        difference=_largest([of_categories(one, other) for one, other in combinations(apart, 2)]),
    )


def _moments(values: Numbers) -> Moments:
    if not len(values):
        return Moments(*[float("nan")] * 5)
    q1, median, q3 = (float(one) for one in np.quantile(values, (0.25, 0.5, 0.75)))
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return Moments(float(values.mean()), sd, median, q1, q3)


def _largest(differences: Sequence[float]) -> float | None:
    known = [one for one in differences if not np.isnan(one)]
    return max(known) if known else None


def _in_order(values: npt.NDArray[np.object_]) -> list[str]:
    return sorted({value for value in values if value is not None})
