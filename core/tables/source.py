"""Bytes in: open a path or a stream, look at its head, take off compression."""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.tables.formats import Compression, compression_of

HEAD_BYTES = 1 << 16
_COPY_BYTES = 1 << 20
STDIN = "standard input"


class Peeked(io.RawIOBase):
    """A stream whose first bytes can be looked at before it is read."""

    def __init__(self, inner: BinaryIO, *, owned: bool = True) -> None:
        self.inner = inner
        self._owned = owned
        self._head = b""

    def peek(self, size: int = HEAD_BYTES) -> bytes:
        """Return up to `size` first bytes without consuming them; fewer only at the end."""
        while len(self._head) < size:
            more = self.inner.read(size - len(self._head))
            if not more:
                break
            self._head += more
        return self._head[:size]

    def readable(self) -> bool:
        """A source is always readable."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, the looked-at ones first; fewer only at the end."""
        if not self._head:
            return self.inner.read(size)
        if size is None or size < 0:
            data, self._head = self._head + self.inner.read(), b""
            return data
        data, self._head = self._head[:size], self._head[size:]
        # Arrow takes a short read for the end of the stream.
        return data if len(data) == size else data + self.inner.read(size - len(data))

    def close(self) -> None:
        """Close the stream below, unless somebody else opened it."""
        if self._owned and not self.closed:
            self.inner.close()
        super().close()


class Inflated(io.RawIOBase):
    """A decompressed stream whose damage is reported as bad data."""

    def __init__(self, inner: Peeked, compression: Compression, where: str) -> None:
        self._where = where
        self._compression = compression
        self._inner = (
            gzip.GzipFile(fileobj=inner, mode="rb")
            if compression is Compression.GZIP
            else pa.CompressedInputStream(pa.PythonFile(inner, mode="r"), "zstd")
        )

    def readable(self) -> bool:
        """A source is always readable."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` decompressed bytes.

        Raises:
            DataError: the compressed stream is cut short or damaged.
        """
        try:
            return cast(bytes, self._inner.read(None if size is None or size < 0 else size))
        except (EOFError, OSError, zlib.error):
            raise DataError(
                f"the {self._compression} stream is cut short or damaged", where=self._where
            ) from None


def open_source(source: str | Path | BinaryIO) -> tuple[Peeked, str]:
    """Open a path, `-` for standard input, or a stream; return it uncompressed, and its name.

    Raises:
        UsageError: there is no such file, or it may not be read.
    """
    raw, where, owned = _open_raw(source)
    peeked = Peeked(raw, owned=owned)
    compression = compression_of(peeked.peek(4))
    if compression is None:
        return peeked, where
    return Peeked(cast(BinaryIO, Inflated(peeked, compression, where))), where


def seekable(source: Peeked) -> Peeked:
    """Return the source itself, rewound, or a copy in an unnamed private file.

    Parquet and Arrow files have their index at the end, which a pipe cannot
    give first. Keep what is returned: closing it closes the file below.
    """
    if source.inner.seekable():
        source.inner.seek(0)
        return source
    spool = Peeked(cast(BinaryIO, tempfile.TemporaryFile()))  # noqa: SIM115 - Peeked closes it
    while data := source.read(_COPY_BYTES):
        spool.inner.write(data)
    spool.inner.seek(0)
    return spool


def _open_raw(source: str | Path | BinaryIO) -> tuple[BinaryIO, str, bool]:
    if not isinstance(source, str | Path):
        return source, STDIN, False
    if str(source) == "-":
        return sys.stdin.buffer, STDIN, False
    where = str(source)
    try:
        return Path(source).open("rb"), where, True
    except FileNotFoundError:
        raise UsageError("there is no such file", where=where) from None
    except IsADirectoryError:
        raise UsageError("is a folder, not a file", where=where) from None
    except PermissionError:
        raise UsageError("may not be read by you", where=where) from None
