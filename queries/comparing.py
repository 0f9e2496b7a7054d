"""Two cohorts, or two runs of one, row by row - and which rule decided where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.queries.adapters import Adapter
from ehrkit.queries.compiling.attrition import compile_decisions, step_labels
from ehrkit.queries.engines import Engine
from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.running import run_cohort

KEY = ("person_id", "encounter_id", "index_date")
FIRST, SECOND, CHANGED = "only in the first", "only in the second", "another value"
SCHEMA = pa.schema(
    [
        field("person_id", pa.string(), Phi.OTHER_ID),
        field("encounter_id", pa.string(), Phi.OTHER_ID),
        field("index_date", pa.date32(), Phi.DATE),
        field("difference", pa.string(), Phi.NONE),
        field("column", pa.string(), Phi.NONE),
        field("first", pa.string(), Phi.FREE_TEXT),
        field("second", pa.string(), Phi.FREE_TEXT),
        field("decided", pa.string(), Phi.NONE),
    ]
)
Key = tuple[Any, ...]
Rows = Mapping[Key, Mapping[str, Any]]
Decisions = Mapping[Key, str]


def compare_cohorts(first: Cohort, second: Cohort, adapter: Adapter, engine: Engine) -> pa.Table:
    """Run two definitions on one database and compare them.

    Returns:
        One row per difference: the index event's key, difference, column, first, second
        (values as text), and decided, the step that keeps the event out of the other cohort.

    Raises:
        DataError, EngineError: as for `run_cohort`.
    """
    rows = [run_cohort(one, adapter, engine).read_all() for one in (first, second)]
    decided = [_decisions(one, adapter, engine) for one in (first, second)]
    return compare_runs(rows[0], rows[1], decided[0], decided[1])


def compare_runs(
    first: pa.Table,
    second: pa.Table,
    first_decided: Decisions | None = None,
    second_decided: Decisions | None = None,
) -> pa.Table:
    """Compare the rows of two runs, in the order of person and index date.

    Raises:
        DataError: a table has no person_id, encounter_id or index_date, or a row stands twice.
    """
    one, other = _keyed(first, "the first"), _keyed(second, "the second")
    shared = [name for name in first.column_names if name in set(second.column_names) - set(KEY)]
    found: list[dict[str, Any]] = []
    for key in sorted(one.keys() | other.keys(), key=_order):
        if key not in other:
            found.append(_missing(key, FIRST, second_decided))
        elif key not in one:
            found.append(_missing(key, SECOND, first_decided))
        else:
            found += _changes(key, one[key], other[key], shared)
    return pa.Table.from_pylist(found, schema=SCHEMA)


def _keyed(table: pa.Table, which: str) -> Rows:
    for name in KEY:
        if name not in table.column_names:
            raise DataError(f"has no column {name}", where=which)
    rows = {tuple(row[name] for name in KEY): row for row in table.to_pylist()}
    if len(rows) < table.num_rows:
        raise DataError("an index event stands twice", where=which)
    return rows


def _order(key: Key) -> list[str]:
    person, encounter, day = key
    return ["" if value is None else str(value) for value in (person, day, encounter)]


def _missing(key: Key, difference: str, decided: Decisions | None) -> dict[str, Any]:
    reason = None if decided is None else decided.get(key, "not an index event")
    return dict(zip(KEY, key, strict=True)) | {"difference": difference, "decided": reason}


def _changes(
    key: Key, one: Mapping[str, Any], other: Mapping[str, Any], columns: list[str]
) -> Iterator[dict[str, Any]]:
    for name in columns:
        if one[name] != other[name]:
            yield dict(zip(KEY, key, strict=True)) | {
                "difference": CHANGED,
                "column": name,
                "first": _text(one[name]),
                "second": _text(other[name]),
            }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _decisions(cohort: Cohort, adapter: Adapter, engine: Engine) -> Decisions:
    """Return the step that each index event failed, for those that failed one."""
    labels = step_labels(cohort)
    rows = engine.run(compile_decisions(cohort, adapter)).read_all().to_pylist()
    return {
        tuple(row[name] for name in KEY): labels[int(row["reached"]) + 1]
        for row in rows
        if int(row["reached"]) + 1 < len(labels)
    }
