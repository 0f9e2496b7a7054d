"""Two cohorts, or two runs of one, row by row - and which rule decided where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.queries.adapting.adapters import Adapter
from ehrkit.queries.compiling.attrition import NOT_FOUND, compile_decisions, step_labels
from ehrkit.queries.engines import Engine
from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.language.dates import iso_date
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
NAMES = ("the first", "the second")
Key = tuple[str | None, ...]
Places = Mapping[Key, int]
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
    names: tuple[str, str] = NAMES,
) -> pa.Table:
    """Compare the rows of two runs, in the order of person and index date.

    Values of one type are compared as they are, others as the texts that a CSV file holds.
    A column that one run lacks is a row without a key.

    Raises:
        DataError: a table has no person_id, encounter_id or index_date, or a row stands twice.
    """
    one, other = _places(first, names[0]), _places(second, names[1])
    found = [*_lacking(first, second, FIRST), *_lacking(second, first, SECOND)]
    changes = _changes(first, second, one, other)
    for key in sorted(one.keys() | other.keys(), key=_order):
        if key not in other:
            found.append(_missing(key, FIRST, second_decided))
        elif key not in one:
            found.append(_missing(key, SECOND, first_decided))
        else:
            found += changes.get(key, [])
    return pa.Table.from_pylist(found, schema=SCHEMA)


def _places(table: pa.Table, name: str) -> Places:
    """Return the row number of each index event."""
    for column in KEY:
        if column not in table.column_names:
            raise DataError(f"has no column {column}", where=name)
    keys = zip(*(map(_text, table.column(column).to_pylist()) for column in KEY), strict=True)
    places = {key: number for number, key in enumerate(keys)}
    if len(places) < table.num_rows:
        raise DataError("an index event stands twice", where=name)
    return places


def _order(key: Key) -> list[str]:
    person, encounter, day = key
    return [value or "" for value in (person, day, encounter)]


def _row(key: Key, difference: str) -> dict[str, Any]:
    person, encounter, day = key
    return {
        "person_id": person,
        "encounter_id": encounter,
        "index_date": None if day is None else iso_date(day),
        "difference": difference,
    }


def _missing(key: Key, difference: str, decided: Decisions | None) -> dict[str, Any]:
    reason = None if decided is None else decided.get(key, NOT_FOUND)
    return _row(key, difference) | {"decided": reason}


def _lacking(one: pa.Table, other: pa.Table, difference: str) -> Iterator[dict[str, Any]]:
    for name in one.column_names:
        if name not in other.column_names:
            yield _row((None, None, None), difference) | {"column": name}


def _changes(
    first: pa.Table, second: pa.Table, one: Places, other: Places
) -> dict[Key, list[dict[str, Any]]]:
    """Return the changed values of the index events that both have, column by column."""
    keys = [key for key in one if key in other]
    rows = pa.array([one[key] for key in keys], pa.int64())
    others = pa.array([other[key] for key in keys], pa.int64())
    found: dict[Key, list[dict[str, Any]]] = {}
    for name in first.column_names:
        if name in KEY or name not in second.column_names:
            continue
        values = first.column(name).take(rows).to_pylist()
        new = second.column(name).take(others).to_pylist()
        same_type = first.schema.field(name).type == second.schema.field(name).type
        for key, old, now in zip(keys, values, new, strict=True):
            if old != now and (same_type or not _reads_alike(old, now)):
                change = {"column": name, "first": _text(old), "second": _text(now)}
                found.setdefault(key, []).append(_row(key, CHANGED) | change)
    return found


def _reads_alike(one: object, other: object) -> bool:
    """Tell whether values of two types are one value: 2.50 as a text is the number 2.5."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return False
    try:
        return float(str(one)) == float(str(other))
    except ValueError:
        return _text(one) == _text(other)


def _text(value: object) -> str | None:
    """Return a value as a CSV file holds it, and nothing for an empty one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None or value == "" else str(value)


def _decisions(cohort: Cohort, adapter: Adapter, engine: Engine) -> Decisions:
    """Return the step that each index event failed, for those that failed one."""
    labels = step_labels(cohort)
    rows = engine.run(compile_decisions(cohort, adapter)).read_all().to_pylist()
    return {
        tuple(_text(row[name]) for name in KEY): labels[int(row["reached"]) + 1]
        for row in rows
        if int(row["reached"]) + 1 < len(labels)
    }
