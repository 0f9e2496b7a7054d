"""Open any table as a stream of record batches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from ehrkit.core.errors import UsageError
from ehrkit.core.tables import arrow, csv, ndjson
from ehrkit.core.tables.formats import Format, recognise
from ehrkit.core.tables.source import HEAD_BYTES, Peeked, open_source

Reader = Callable[[Peeked, str, Format], pa.RecordBatchReader]

_READERS: dict[Format, Reader] = {
    Format.CSV: csv.read,
    Format.TSV: csv.read,
    Format.NDJSON: ndjson.read,
    Format.ARROW: arrow.read_stream,
    Format.ARROW_FILE: arrow.read_file,
    Format.PARQUET: arrow.read_parquet,
}


def open_table(
    source: str | Path | BinaryIO,
    format: str | None = None,
) -> pa.RecordBatchReader:
    """Open a table and return its schema and batches, read as they are asked for.

    Args:
        source: a path, `-` for standard input, or a binary stream; gzip and
            zstd are recognised and taken off. A folder of Parquet parts is one table.
        format: one of `Format`; recognised from the content when not given.

    Raises:
        UsageError: no such file or format.
        DataError: the content is empty, damaged, or not what it claims; also
            while batches are read.
    """
    if isinstance(source, str | Path) and Path(source).is_dir():
        return arrow.read_parts(Path(source))
    stream, where = open_source(source)
    head = stream.peek(HEAD_BYTES)
    recognised = recognise(head, where)
    chosen = parse_format(format) if format else recognised
    return _READERS[chosen](stream, where, chosen)


def parse_format(name: str) -> Format:
    """Return the format of that name.

    Raises:
        UsageError: ehrkit does not know it.
    """
    try:
        return Format(name)
    except ValueError:
        raise UsageError(f"unknown format; known are {', '.join(Format)}") from None
