"""Where the rows that were left out are: table, row and column, and nothing of their values."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from ehrkit.core.columns import Phi, field

_SCHEMA = pa.schema(
    [
        field("table", pa.string(), Phi.NONE),
        field("row", pa.int64(), Phi.NONE),
        field("column", pa.string(), Phi.NONE),
    ]
)


def quarantine_table(left_out: Sequence[tuple[str, int, str]]) -> pa.Table:
    """Return one row per value that could not be read; `row` counts input rows from 1."""
    columns = zip(*left_out, strict=True) if left_out else ([], [], [])
    return pa.table(
        [pa.array(list(c), f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA
    )
