"""Tagged tables of the answer key."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.synthetic.rows import Array

TEXT, TIME, DAY, FLAG, NUMBER = pa.string(), pa.timestamp("us"), pa.date32(), pa.bool_(), pa.int64()

Described = Mapping[str, tuple[pa.DataType, Phi, Array]]


def make_table(columns: Described) -> pa.Table:
    """Return a tagged table; empty texts, NaT and integers below 0 become null."""
    fields = [field(name, type_, phi) for name, (type_, phi, _) in columns.items()]
    arrays = [_array(type_, values) for type_, _, values in columns.values()]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _array(type_: pa.DataType, values: Array) -> pa.Array:
    if type_ == TEXT:
        return pa.array(values, TEXT, mask=values == "")
    if type_ == TIME:
        return pa.array(values.astype("datetime64[us]"), TIME)
    if type_ == DAY:
        return pa.array(values.astype("datetime64[D]"), DAY)
    return pa.array(values, type_, mask=values < 0 if type_ == NUMBER else None)
