"""Rows of a driver's cursor as Arrow batches of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa

from ehrkit.core.errors import DataError
from ehrkit.queries.relations import TYPES

BATCH_ROWS = 65_536
Rows: TypeAlias = Sequence[Sequence[Any]]
Stream: TypeAlias = tuple[pa.Schema, Iterator[pa.RecordBatch]]

# A subclass stands before its base: a datetime is a date, and True is a whole number.
KINDS = (
    (datetime, "time"),
    (date, "date"),
    (int, "integer"),
    (float, "number"),
    (Decimal, "number"),
)


def stream(
    names: Sequence[str], fetch: Callable[[int], Rows], declared: pa.Schema | None
) -> Stream:
    """Return the schema and the batches of a cursor.

    Args:
        names: the columns of the cursor.
        fetch: returns the next rows, at most so many, or none at the end.
        declared: types of columns where they are known; those of other columns are
            taken from the first rows, and text where all of these are NULL.
    """
    first = fetch(BATCH_ROWS)
    columns = zip(*first, strict=True) if first else ((),) * len(names)
    schema = pa.schema(
        (name, declared.field(name).type if declared and name in declared.names else _type(column))
        for name, column in zip(names, columns, strict=True)
    )
    return schema, _batches(first, fetch, schema)


def _type(values: Sequence[Any]) -> pa.DataType:
    kinds = {_kind(value) for value in values if value is not None}
    if kinds == {"integer", "number"}:
        return TYPES["number"]
    return TYPES[kinds.pop()] if len(kinds) == 1 else TYPES["text"]


def _kind(value: Any) -> str:
    return next((kind for one, kind in KINDS if isinstance(value, one)), "text")


def _batches(
    rows: Rows, fetch: Callable[[int], Rows], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    while rows:
        columns = [
            _array(values, field)
            for values, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
        rows = fetch(BATCH_ROWS)


def _array(values: Sequence[Any], field: pa.Field) -> pa.Array:
    """Convert a column; value by value only where Arrow does not know the driver's types."""
    try:
        return pa.array(values, field.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        pass
    convert = CONVERSIONS.get(field.type, lambda value: value)
    try:
        return pa.array([None if one is None else convert(one) for one in values], field.type)
    except (pa.ArrowException, ArithmeticError, TypeError, ValueError):
        raise DataError("holds values that its type cannot", where=f"column {field.name}") from None


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _time(value: Any) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found.replace(tzinfo=None)


def _integer(value: Any) -> int:
    whole = int(value)
    if not isinstance(value, str) and whole != value:
        raise ValueError
    return whole


CONVERSIONS: dict[pa.DataType, Callable[[Any], Any]] = {
    TYPES["text"]: str,
    TYPES["date"]: _date,
    TYPES["time"]: _time,
    TYPES["integer"]: _integer,
    TYPES["number"]: float,
}
