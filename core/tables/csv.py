"""Text-safe CSV and TSV: strings in, strings out, no guessing and no loss.

Reading is strict where other readers are kind: a ragged row, a NUL byte, bytes
that are not UTF-8 and a quote that is never closed stop the run with their row.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from ehrkit.core.errors import DataError
from ehrkit.core.tables.formats import Format
from ehrkit.core.tables.source import Peeked

# A row has to fit into one block; Arrow reads about 32 blocks ahead.
BLOCK_BYTES = 2 << 20


class CleanText(io.RawIOBase):
    """A byte stream that is checked to be UTF-8 text without NUL as it passes."""

    def __init__(self, inner: Peeked, where: str) -> None:
        self._inner = inner
        self._where = where
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines = 1
        self._quotes = 0

    def readable(self) -> bool:
        """A source is always readable."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Pass bytes on.

        Raises:
            DataError: a NUL byte, bytes that are not UTF-8, or quotes that do not pair.
        """
        data = self._inner.read(size)
        nul = data.find(b"\0")
        if nul >= 0:
            self._refuse("holds a NUL byte", data[:nul], "It is binary, or damaged in transfer.")
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            before = data[: max(0, error.start)]
            self._refuse("is not UTF-8 text", before, "Convert it: iconv -f LATIN1 -t UTF-8")
        self._lines += data.count(b"\n")
        self._quotes += data.count(b'"')
        if not data and self._quotes % 2:
            raise DataError(
                "a quote is never closed, or stands inside an unquoted value",
                where=self._where,
                hint='A value with a quote in it is written "so ""quoted""".',
            )
        return data

    def _refuse(self, what: str, before: bytes, hint: str) -> NoReturn:
        line = self._lines + before.count(b"\n")
        raise DataError(what, where=f"{self._where}:{line}", hint=hint) from None


def read(source: Peeked, where: str, format_: Format) -> pa.RecordBatchReader:
    """Read delimited text; every column is a string, an empty unquoted field is null."""
    ragged = _Ragged(where)
    parse = pacsv.ParseOptions(
        delimiter=format_.delimiter,
        newlines_in_values=True,
        ignore_empty_lines=not _one_column(source, format_),
        invalid_row_handler=ragged,
    )
    convert = pacsv.ConvertOptions(
        default_column_type=pa.string(),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
    )
    options = pacsv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES)
    try:
        reader = pacsv.open_csv(
            CleanText(source, where),
            read_options=options,
            parse_options=parse,
            convert_options=convert,
        )
    except pa.ArrowInvalid as error:
        raise ragged.error or _translated(error, where) from None
    _refuse_bad_header(reader.schema, where)
    return pa.RecordBatchReader.from_batches(reader.schema, _batches(reader, ragged, where))


def _batches(
    reader: pacsv.CSVStreamingReader, ragged: _Ragged, where: str
) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except pa.ArrowInvalid as error:
        raise ragged.error or _translated(error, where) from None


def _one_column(source: Peeked, format_: Format) -> bool:
    """Tell whether an empty line is a null row, which only a one-column table can mean."""
    header = source.peek().split(b"\n", 1)[0]
    return format_.delimiter.encode() not in header


class _Ragged:
    """Keeps what Arrow says of the first row of another length; it may not raise in there."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.error: DataError | None = None

    def __call__(self, row: pacsv.InvalidRow) -> str:
        self.error = self.error or DataError(
            f"has {row.actual_columns} values where the header has {row.expected_columns}",
            where=f"{self._where}, row {row.number}" if row.number else self._where,
            hint="A value with a separator in it has to be quoted.",
        )
        return "error"


def _refuse_bad_header(schema: pa.Schema, where: str) -> None:
    for position, name in enumerate(schema.names, start=1):
        if not name:
            raise DataError("a column has no name", where=f"{where}, column {position}")
        if schema.names.index(name) != position - 1:
            raise DataError("two columns have the same name", where=f"{where}, column {position}")


def _translated(error: pa.ArrowInvalid, where: str) -> DataError:
    """Keep the row number of Arrow's message and drop its text, which quotes the data."""
    row = re.search(r"Row #(\d+)", str(error))
    if "straddl" in str(error):
        return DataError(f"a row is longer than {BLOCK_BYTES >> 20} MiB", where=where)
    if "Empty CSV" in str(error):
        return DataError("the input is empty", where=where)
    return DataError(
        "cannot be read as delimited text", where=f"{where}, row {row[1]}" if row else where
    )


def encode(batch: pa.RecordBatch, format_: Format) -> bytes:
    """Return the lines of a batch, with quotes only where a value needs them."""
    if not batch.num_rows:
        return b""
    columns = [_quoted(_text(column, name), format_) for name, column in _named(batch)]
    lines = pc.binary_join_element_wise(
        *columns, format_.delimiter, null_handling="replace", null_replacement=""
    )
    return "\n".join(lines.to_pylist()).encode() + b"\n"


def header(schema: pa.Schema, format_: Format) -> bytes:
    """Return the header line."""
    names = _quoted(pa.array(schema.names, pa.string()), format_).to_pylist()
    return (format_.delimiter.join(names) + "\n").encode()


def _named(batch: pa.RecordBatch) -> list[tuple[str, pa.Array]]:
    return list(zip(batch.schema.names, batch.columns, strict=True))


def _text(column: pa.Array, name: str) -> pa.Array:
    """Return a column as text: ISO dates and times, shortest numbers, true and false."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        raise DataError(
            f"holds {column.type}, which text cannot carry",
            where=f"column {name}",
            hint="Write Parquet, Arrow or NDJSON instead.",
        )
    text = column.cast(pa.string())
    if pa.types.is_timestamp(column.type):
        text = pc.replace_substring_regex(text, pattern=r"\.0+(Z?)$", replacement=r"\1")
    return text


def _quoted(text: pa.Array, format_: Format) -> pa.Array:
    """Quote what the format would misread: separators, quotes, line ends, the empty string."""
    needs = pc.match_substring_regex(text, pattern=rf'[{format_.delimiter}"\r\n]|^$')
    if not pc.any(needs, min_count=0).as_py():
        return text
    doubled = pc.replace_substring(text, pattern='"', replacement='""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(needs, quoted, text)
