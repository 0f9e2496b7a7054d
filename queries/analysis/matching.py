"""Matched controls: alike in some columns, near in others, each person used once.

Greedy nearest-neighbour matching without replacement, in rounds: every case
chooses its nearest free control before any case chooses a second one, in an
order drawn from the seed (design choice: late cases are not left with nothing
so that early ones have several).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.analysis.columns import Numbers, need, numbers, texts
from ehrkit.queries.analysis.nearest import Places, Search

PERSON = "person_id"
FIELDS = (
    field("match_set", pa.int64(), Phi.NONE),
    field("match_role", pa.string(), Phi.NONE),
    field("match_number", pa.int64(), Phi.NONE),
    field("match_distance", pa.float64(), Phi.NONE),
)


@dataclass(frozen=True)
class Matched:
    """Matched rows, and how many cases got how many controls.

    Attributes:
        rows: match_set (numbered by case), match_role (`case`, `control`), match_number (0 is
            the case), match_distance, and the columns that both tables have.
        cases: number of controls to number of cases; cases without any are in no row.
    """

    rows: pa.Table
    cases: dict[int, int]


def match_controls(
    cases: pa.Table,
    controls: pa.Table,
    *,
    exact: Sequence[str] = (),
    within: Mapping[str, float] | None = None,
    ratio: int = 1,
    seed: int = 0,
) -> Matched:
    """Choose up to `ratio` controls for each case.

    Args:
        cases: rows that get controls; a person may have several.
        controls: rows to choose from; a person who is among the cases is never a control, and
            one person is chosen once at most.
        exact: columns that have to be equal.
        within: column to the largest difference, bound included, in its unit (dates: days). The
            distance is the sum of the differences, each over its bound.
        ratio: controls per case.
        seed: draws the order of the cases and settles ties; the same rows in the same order and
            the same seed give the same matches.

    Unknown values match nothing.

    Raises:
        UsageError: no such column, nothing to match on, a bound below 0, a ratio below 1.
        DataError: a column of `within` holds neither numbers nor dates; a column that both
            tables have is of two types.
    """
    within = dict(within or {})
    _check(cases, controls, exact, within, ratio)
    rng = np.random.default_rng(seed)
    search = Search(
        *_keys(cases, controls, exact),
        _scaled(cases, within),
        _scaled(controls, within),
        *_persons(cases, controls),
        rng.permutation(controls.num_rows),
    )
    order = rng.permutation(cases.num_rows)
    chosen: list[list[tuple[int, float]]] = [[] for _ in range(cases.num_rows)]
    for wanted in range(ratio):
        for case in order:
            found = search.nearest(int(case)) if len(chosen[case]) == wanted else None
            if found is not None:
                chosen[case].append(found)
    counts = Counter(len(found) for found in chosen)
    return Matched(_rows(cases, controls, chosen), dict(sorted(counts.items())))


def _check(
    cases: pa.Table,
    controls: pa.Table,
    exact: Sequence[str],
    within: Mapping[str, float],
    ratio: int,
) -> None:
    for table in (cases, controls):
        need(table, [*exact, *within])
    if not exact and not within:
        raise UsageError("there is nothing to match on", hint="--exact sex --within age=2")
    if ratio < 1:
        raise UsageError("must be 1 or more", where="--ratio")
    for name, bound in within.items():
        if bound < 0:
            raise UsageError("must be 0 or more", where=f"--within {name}")
    for name in _common(cases, controls):
        kinds = {cases[name].type, controls[name].type} - {pa.null()}
        if len(kinds) > 1:
            raise DataError(
                "is of another type in the controls than in the cases",
                where=f"column {name}",
                hint="Give both in one format.",
            )


def _common(cases: pa.Table, controls: pa.Table) -> list[str]:
    return [name for name in cases.column_names if name in controls.column_names]


def _keys(cases: pa.Table, controls: pa.Table, exact: Sequence[str]) -> tuple[Places, Places]:
    """Return one number for each combination of exact values, -1 where one is unknown."""
    keys = np.zeros(cases.num_rows + controls.num_rows, np.int64)
    unknown = np.zeros(len(keys), bool)
    for name in exact:
        values = np.concatenate([texts(cases, name), texts(controls, name)])
        unknown |= np.array([value is None for value in values], bool)
        _, number = np.unique([value or "" for value in values], return_inverse=True)
        _, keys = np.unique(keys * len(values) + number, return_inverse=True)
    keys[unknown] = -1
    return keys[: cases.num_rows], keys[cases.num_rows :]


def _scaled(table: pa.Table, within: Mapping[str, float]) -> Numbers:
    """Return the columns in units of their bounds; a bound of 0 lets nothing but equals pass."""
    columns = [numbers(table, name) / (bound or 1e-6) for name, bound in within.items()]
    return np.column_stack(columns) if columns else np.zeros((table.num_rows, 1))


def _persons(cases: pa.Table, controls: pa.Table) -> tuple[Places, npt.NDArray[np.bool_]]:
    """Return the person of each control as a number, and who may not be chosen."""
    if PERSON not in controls.column_names:
        return np.arange(controls.num_rows), np.zeros(controls.num_rows, bool)
    names, person = np.unique(
        [value or "" for value in texts(controls, PERSON)], return_inverse=True
    )
    among = set(texts(cases, PERSON)) if PERSON in cases.column_names else set()
    return person, np.array([name in among or name == "" for name in names], bool)


def _rows(
    cases: pa.Table, controls: pa.Table, chosen: Sequence[Sequence[tuple[int, float]]]
) -> pa.Table:
    names = _common(cases, controls)
    both = pa.concat_tables(
        [cases.select(names), controls.select(names)], promote_options="default"
    )
    places: list[int] = []
    found: list[tuple[int, str, int, float]] = []
    for case, matches in enumerate(chosen):
        if matches:
            places.append(case)
            found.append((case + 1, "case", 0, 0.0))
        for number, (control, distance) in enumerate(matches, 1):
            places.append(cases.num_rows + control)
            found.append((case + 1, "control", number, distance))
    rows = both.take(pa.array(places, pa.int64()))
    columns = list(zip(*found, strict=True)) or [()] * len(FIELDS)
    for place, column in enumerate(FIELDS):
        rows = rows.add_column(place, column, pa.array(columns[place], column.type))
    return rows
