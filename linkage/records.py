"""Tables of people as linkage reads them: the columns it needs, and ids that are ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.errors import DataError
from ehrkit.core.spelling import suggest


def select(source: pa.RecordBatchReader, columns: Sequence[str], *, where: str) -> pa.Table:
    """Read the named columns only, each once; the others never stay in memory.

    Raises:
        DataError: a column is absent, or of a type that has no text form.
    """
    names = list(dict.fromkeys(columns))
    for name in names:
        if name not in source.schema.names:
            hint = suggest(name, source.schema.names)
            raise DataError("the table has no such column", where=f"{where}: {name}", hint=hint)
        kind = source.schema.field(name).type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            raise DataError(f"a column of type {kind} has no text form", where=f"{where}: {name}")
    schema = pa.schema([source.schema.field(name) for name in names])
    return pa.Table.from_batches([batch.select(names) for batch in source], schema=schema)


def texts(table: pa.Table, column: str) -> pa.Array:
    """Return a column as one text array; empty text is null."""
    trimmed = pc.utf8_trim_whitespace(table[column].cast(pa.string()))
    made = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    return pa.concat_arrays(made.chunks) if made.num_chunks else pa.array([], pa.string())


def numbers(table: pa.Table, column: str, *, where: str) -> pa.ChunkedArray:
    """Return a column as float64, parsing text.

    Raises:
        DataError: a value is no number; the message does not quote it.
    """
    try:
        return table[column].cast(pa.float64())
    except pa.ArrowInvalid:
        raise DataError("a value is not a number", where=f"{where}: {column}") from None


def record_ids(table: pa.Table, column: str, *, where: str) -> list[str]:
    """Return the ids of a table as text.

    Raises:
        DataError: an id is missing or occurs twice; the message names the row, not the id.
    """
    ids = texts(table, column)
    if ids.null_count:
        row = pc.index(pc.is_null(ids), True).as_py() + 1
        raise DataError(
            f"{ids.null_count} records have no id; the first is row {row}",
            where=f"{where}: {column}",
        )
    codes = pc.dictionary_encode(ids).indices.to_numpy(zero_copy_only=False)
    first = np.unique(codes, return_index=True)[1]
    if len(first) < len(codes):
        row = int(np.setdiff1d(np.arange(len(codes)), first)[0]) + 1
        raise DataError(
            f"{len(codes) - len(first)} records repeat an id; the first is row {row}",
            where=f"{where}: {column}",
            hint="Linkage needs one row per id: merge or number the records first.",
        )
    names: list[str] = ids.to_pylist()
    return names
