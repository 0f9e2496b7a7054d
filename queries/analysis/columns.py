"""Columns of a cohort's output as arrays: which are there, numbers, texts, dates as days."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.errors import DataError
from ehrkit.queries.spelling import unknown

Numbers = npt.NDArray[np.float64]


def need(data: pa.Table, names: Iterable[str]) -> None:
    """Check that the columns are there.

    Raises:
        UsageError: one is not; the nearest name is given.
    """
    for name in names:
        if name not in data.column_names:
            raise unknown("column", name, data.column_names)


def is_number(kind: pa.DataType) -> bool:
    """Tell whether values of the type are numbers."""
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def numbers(data: pa.Table, name: str) -> Numbers:
    """Return a column as numbers, unknown ones as NaN; dates are days since 1970-01-01.

    Texts, as CSV gives them, are read as numbers or as ISO dates; an empty one is unknown.

    Raises:
        DataError: the column holds something else.
    """
    column = data[name]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = _read(column, name)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        column = column.cast(pa.date32()).cast(pa.int32())
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if not (is_number(column.type) or pa.types.is_null(column.type)):
        raise DataError("holds neither numbers nor dates", where=f"column {name}")
    values: Numbers = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return values


def _read(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(column)
    known = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, column.type), trimmed)
    for kind in (pa.float64(), pa.date32()):
        try:
            return known.cast(kind)
        except pa.ArrowInvalid:
            continue
    raise DataError("holds neither numbers nor ISO dates", where=f"column {name}")


def texts(data: pa.Table, name: str) -> npt.NDArray[np.object_]:
    """Return a column as texts, None where it is unknown or empty."""
    column = data[name].cast(pa.string())
    known = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    values: npt.NDArray[np.object_] = np.array(known.to_pylist(), dtype=object)
    return values
