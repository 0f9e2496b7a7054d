"""The formats that ehrkit speaks, how content and file names tell them, and how text tells null.

CSV and TSV are text: every column is read as a string and nothing is guessed,
so `00123` stays `00123`. An empty field is null; a quoted empty field (`""`) is
an empty string. NDJSON tells `null` from `""` by itself; a key that a line
lacks is null.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from ehrkit.core.errors import DataError, UsageError


class Format(StrEnum):
    """A table format, by the name that `--from` and `--to` take."""

    CSV = "csv"
    TSV = "tsv"
    NDJSON = "ndjson"
    ARROW = "arrow"
    ARROW_FILE = "arrow-file"
    PARQUET = "parquet"

    @property
    def delimiter(self) -> str:
        """The field separator of a text format."""
        return "\t" if self is Format.TSV else ","


class Compression(StrEnum):
    """A compression around a whole file, by the name that Arrow gives it."""

    GZIP = "gzip"
    ZSTD = "zstd"


EXTENSIONS = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
    ".arrow": Format.ARROW_FILE,
    ".feather": Format.ARROW_FILE,
    ".arrows": Format.ARROW,
    ".parquet": Format.PARQUET,
}
COMPRESSED = {".gz": Compression.GZIP, ".zst": Compression.ZSTD}
# Arrow's columnar formats compress inside; a second layer would only hide the magic bytes.
_COMPRESSIBLE = {Format.CSV, Format.TSV, Format.NDJSON, Format.ARROW}

_MAGIC = (
    (b"PAR1", Format.PARQUET),
    (b"ARROW1", Format.ARROW_FILE),
    (b"\xff\xff\xff\xff", Format.ARROW),
)
_FOREIGN = (
    (b"PK\x03\x04", "is a zip archive", "Unpack it first, for example: unzip -p FILE MEMBER"),
    (b"SQLite format 3\x00", "is a SQLite database", "Databases are named with --db."),
    (b"\xff\xfe", "is UTF-16 text", "Convert it first: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "is UTF-16 text", "Convert it first: iconv -f UTF-16 -t UTF-8"),
)
_DUCKDB_AT_8 = b"DUCK"


def compression_of(head: bytes) -> Compression | None:
    """Return the compression that the first bytes announce."""
    if head.startswith(b"\x1f\x8b"):
        return Compression.GZIP
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return Compression.ZSTD
    return None


def recognise(head: bytes, where: str) -> Format:
    """Return the format that the first bytes of (uncompressed) content announce.

    Raises:
        DataError: the content is empty or of a kind that is not a table.
    """
    if not head:
        raise DataError("the input is empty", where=where, hint="A table has at least a header.")
    for magic, format_ in _MAGIC:
        if head.startswith(magic):
            return format_
    for magic, what, hint in _FOREIGN:
        if head.startswith(magic):
            raise DataError(f"{what}, not a table", where=where, hint=hint)
    if head[8:12] == _DUCKDB_AT_8:
        raise DataError(
            "is a DuckDB database, not a table", where=where, hint="Databases are named with --db."
        )
    return _recognise_text(head, where)


def _recognise_text(head: bytes, where: str) -> Format:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return Format.NDJSON
    if text.startswith(b"["):
        raise DataError(
            "is a JSON array, not one object per line",
            where=where,
            hint="Convert it first: jq -c '.[]'",
        )
    first_line = text.split(b"\n", 1)[0]
    return Format.TSV if first_line.count(b"\t") > first_line.count(b",") else Format.CSV


def from_name(path: Path) -> tuple[Format, Compression | None]:
    """Return the format and compression that a file name asks for.

    Raises:
        UsageError: the extension is none that ehrkit writes.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = COMPRESSED.get(suffixes[-1]) if suffixes else None
    if compression:
        suffixes.pop()
    format_ = EXTENSIONS.get(suffixes[-1]) if suffixes else None
    if format_ is None:
        raise UsageError(
            "the file name does not tell a format",
            where=str(path),
            hint=f"Use one of {', '.join(EXTENSIONS)} (text also with .gz or .zst), or give --to.",
        )
    if compression and format_ not in _COMPRESSIBLE:
        raise UsageError(f"{format_} is compressed inside already", where=str(path))
    return format_, compression
