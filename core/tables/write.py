"""Write any table, with the digest of the bytes that were written."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from ehrkit.core.files import atomic_file, disk_errors
from ehrkit.core.tables import csv, ndjson
from ehrkit.core.tables.formats import Compression, Format, from_name
from ehrkit.core.tables.read import parse_format

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ROW_GROUP_ROWS = 122_880
STDOUT = Path("standard output")


@dataclass(frozen=True)
class Written:
    """What was written: rows, bytes, and the SHA-256 of the bytes in hexadecimal."""

    rows: int
    bytes: int
    sha256: str


def write_table(
    data: pa.Table | pa.RecordBatchReader,
    target: Path | BinaryIO,
    format: str | None = None,
) -> Written:
    """Write a table to a file (atomically, mode 0600) or to a stream.

    Args:
        data: a table or a stream of batches.
        target: a path, whose extension names the format and compression, or an
            open binary stream.
        format: overrides the extension; a stream without it gets CSV.

    Raises:
        UsageError: the name tells no format, or the folder is not writable.
        EngineError: the disk is full or fails; nothing appears under the name.
    """
    reader = data.to_reader(max_chunksize=ROW_GROUP_ROWS) if isinstance(data, pa.Table) else data
    batches = _first_pulled(reader)
    if not isinstance(target, Path):
        with disk_errors(STDOUT):
            return _write(reader.schema, batches, target, parse_format(format or "csv"), None)
    chosen, compression = _named_format(target, format)
    with atomic_file(target) as handle:
        return _write(reader.schema, batches, handle, chosen, compression)


def _first_pulled(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Read one batch ahead, so that bad input fails before any output exists."""
    batches = iter(reader)
    first = next(batches, None)
    return chain([] if first is None else [first], batches)


def _named_format(target: Path, format_: str | None) -> tuple[Format, Compression | None]:
    if format_:
        return parse_format(format_), None
    return from_name(target)


class _Counted(io.RawIOBase):
    """A sink that counts and digests what passes, and never closes the stream below."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner
        self._digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        self._inner.write(view)
        self._digest.update(view)
        self.size += len(view)
        return len(view)

    def flush(self) -> None:
        if not self.closed:
            self._inner.flush()

    def written(self, rows: int) -> Written:
        return Written(rows, self.size, self._digest.hexdigest())


def _write(
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    handle: BinaryIO,
    format_: Format,
    compression: Compression | None,
) -> Written:
    counted = _Counted(handle)
    with ExitStack() as stack:
        sink = _compressed(cast(BinaryIO, counted), compression, stack)
        rows = _ENCODERS[format_](schema, batches, sink, format_)
    handle.flush()
    return counted.written(rows)


def _compressed(sink: BinaryIO, compression: Compression | None, stack: ExitStack) -> BinaryIO:
    if compression is Compression.GZIP:
        # No name and no time in the header: equal tables give equal bytes.
        zipped = gzip.GzipFile(filename="", mode="wb", fileobj=sink, mtime=0)
        return cast(BinaryIO, stack.enter_context(zipped))
    if compression is Compression.ZSTD:
        below = pa.PythonFile(sink, mode="w")
        return cast(BinaryIO, stack.enter_context(pa.CompressedOutputStream(below, "zstd")))
    return sink


def _write_text(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], sink: BinaryIO, format_: Format
) -> int:
    sink.write(csv.header(schema, format_))
    return _each(batches, sink, lambda batch: csv.encode(batch, format_))


def _write_ndjson(
    _schema: pa.Schema, batches: Iterator[pa.RecordBatch], sink: BinaryIO, _format: Format
) -> int:
    return _each(batches, sink, ndjson.encode)


def _each(
    batches: Iterator[pa.RecordBatch],
    sink: BinaryIO,
    encode: Callable[[pa.RecordBatch], bytes],
) -> int:
    rows = 0
    for batch in batches:
        sink.write(encode(batch))
        rows += batch.num_rows
    return rows


def _write_ipc(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], sink: BinaryIO, format_: Format
) -> int:
    opened = ipc.new_stream if format_ is Format.ARROW else ipc.new_file
    rows = 0
    with opened(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _write_parquet(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], sink: BinaryIO, _format: Format
) -> int:
    rows = 0
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for table in _row_groups(schema, batches):
            writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
            rows += table.num_rows
    return rows


def _row_groups(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Gather small batches: a row group per tiny batch makes a large, slow file."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= ROW_GROUP_ROWS:
            yield pa.Table.from_batches(held, schema)
            held, rows = [], 0
    if held:
        yield pa.Table.from_batches(held, schema)


_ENCODERS = {
    Format.CSV: _write_text,
    Format.TSV: _write_text,
    Format.NDJSON: _write_ndjson,
    Format.ARROW: _write_ipc,
    Format.ARROW_FILE: _write_ipc,
    Format.PARQUET: _write_parquet,
}
