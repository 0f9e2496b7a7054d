"""Arrow's own formats: IPC stream, IPC file, Parquet. Types, nulls and PHI tags pass unchanged."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.tables.formats import Format
from ehrkit.core.tables.source import Peeked, seekable

BATCH_ROWS = 65_536
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class Tail(io.RawIOBase):
    """A stream that remembers its last bytes, to tell an end from a cut."""

    def __init__(self, inner: Peeked) -> None:
        self._inner = inner
        self.last = b""

    def readable(self) -> bool:
        """A source is always readable."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Pass bytes on."""
        data = self._inner.read(size)
        self.last = (self.last + data[-len(_END_OF_STREAM) :])[-len(_END_OF_STREAM) :]
        return data


def read_stream(source: Peeked, where: str, _format: Format) -> pa.RecordBatchReader:
    """Read an Arrow IPC stream; one without its end marker was cut and is refused."""
    tail = Tail(source)
    try:
        reader = ipc.open_stream(tail)
    except (pa.ArrowInvalid, OSError):
        raise _broken("Arrow stream", where) from None
    return pa.RecordBatchReader.from_batches(reader.schema, _streamed(reader, tail, where))


def _streamed(reader: pa.RecordBatchReader, tail: Tail, where: str) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except (pa.ArrowInvalid, OSError):
        raise _broken("Arrow stream", where) from None
    if tail.last != _END_OF_STREAM:
        raise _broken("Arrow stream", where)


def read_file(source: Peeked, where: str, _format: Format) -> pa.RecordBatchReader:
    """Read an Arrow IPC file."""
    owner = seekable(source)
    try:
        file = ipc.open_file(owner.inner)
    except (pa.ArrowInvalid, OSError):
        raise _broken("Arrow file", where) from None
    batches = (file.get_batch(index) for index in range(file.num_record_batches))
    return _reader(file.schema, batches, "Arrow file", where, owner)


def read_parquet(source: Peeked, where: str, _format: Format) -> pa.RecordBatchReader:
    """Read Parquet in batches of at most `BATCH_ROWS` rows."""
    owner = seekable(source)
    try:
        file = pq.ParquetFile(owner.inner)
    except (pa.ArrowInvalid, OSError):
        raise _broken("Parquet file", where) from None
    batches = file.iter_batches(batch_size=BATCH_ROWS, use_threads=False)
    return _reader(file.schema_arrow, batches, "Parquet file", where, owner)


def read_parts(folder: Path) -> pa.RecordBatchReader:
    """Read the Parquet parts of one table in the order of their names.

    Raises:
        UsageError: the folder holds no Parquet file.
        DataError: a part is damaged, or its columns are not those of the first part.
    """
    parts = sorted(path for path in folder.glob("*.parquet") if path.is_file())
    if not parts:
        raise UsageError("is a folder without .parquet files", where=str(folder))
    first = _open_part(parts[0])
    batches = _part_batches(first, parts[1:])
    return pa.RecordBatchReader.from_batches(first.schema, batches)


def _open_part(path: Path) -> pa.RecordBatchReader:
    return read_parquet(Peeked(path.open("rb")), str(path), Format.PARQUET)


def _part_batches(first: pa.RecordBatchReader, rest: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    yield from first
    for path in rest:
        part = _open_part(path)
        if not part.schema.equals(first.schema):
            raise DataError("has other columns than the first part", where=str(path))
        yield from part


def _reader(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch], kind: str, where: str, owner: Peeked
) -> pa.RecordBatchReader:
    """Return a reader that reports damage as bad data and keeps its file open until done."""

    def guarded(_owner: Peeked) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except (pa.ArrowInvalid, OSError):
            raise _broken(kind, where) from None

    return pa.RecordBatchReader.from_batches(schema, guarded(owner))


def _broken(kind: str, where: str) -> DataError:
    return DataError(
        f"is not a complete {kind}", where=where, hint="It was cut short or damaged: write it anew."
    )
