"""NDJSON: one object per line, with JSON's own types and no guessing of dates.

The columns and types are those of the first lines (`SAMPLE_ROWS`); a later line
that does not fit them stops the run with its number.
"""

from __future__ import annotations

import datetime as dt
import decimal
import io
import itertools
import json
import math
from collections.abc import Iterator
from typing import Any, cast

import pyarrow as pa

from ehrkit.core.errors import DataError
from ehrkit.core.tables.formats import Format
from ehrkit.core.tables.source import Peeked

SAMPLE_ROWS = 65_536
BATCH_ROWS = 16_384

Row = dict[str, Any]


def read(source: Peeked, where: str, _format: Format) -> pa.RecordBatchReader:
    """Read objects line by line into batches of one schema."""
    rows = _rows(source, where)
    sample = list(itertools.islice(rows, SAMPLE_ROWS))
    if not sample:
        raise DataError("the input is empty", where=where)
    schema = _infer(sample, where)
    return pa.RecordBatchReader.from_batches(
        schema, _batches(itertools.chain(sample, rows), schema, where)
    )


def encode(batch: pa.RecordBatch) -> bytes:
    """Return a batch as one object per line; dates are ISO text, NaN is null."""
    lines = [
        json.dumps(row, ensure_ascii=False, default=_plain, allow_nan=False)
        for row in _finite(batch).to_pylist()
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _rows(source: Peeked, where: str) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(io.BufferedReader(cast(io.RawIOBase, _Into(source))), start=1):
        if not line.strip():
            continue
        yield number, _parse(line, f"{where}:{number}")


def _parse(line: bytes, where: str) -> Row:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DataError("is not UTF-8 text", where=where) from None
    except ValueError:
        raise DataError("is not one JSON object", where=where) from None
    if not isinstance(row, dict):
        raise DataError("is not a JSON object", where=where)
    return row


def _infer(sample: list[tuple[int, Row]], where: str) -> pa.Schema:
    names = dict.fromkeys(name for _, row in sample for name in row)
    return pa.schema([(name, _type(name, sample, where)) for name in names])


def _type(name: str, sample: list[tuple[int, Row]], where: str) -> pa.DataType:
    try:
        inferred = pa.array([row.get(name) for _, row in sample]).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        raise DataError(
            "holds values of several JSON types", where=f"{where}, key {name}"
        ) from None
    # A key that was only ever null so far is most likely text.
    return pa.string() if pa.types.is_null(inferred) else inferred


def _batches(
    rows: Iterator[tuple[int, Row]], schema: pa.Schema, where: str
) -> Iterator[pa.RecordBatch]:
    while numbered := list(itertools.islice(rows, BATCH_ROWS)):
        _refuse_new_keys(numbered, schema, where)
        try:
            yield pa.RecordBatch.from_pylist([row for _, row in numbered], schema=schema)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise _misfit(numbered, schema, where) from None


def _refuse_new_keys(numbered: list[tuple[int, Row]], schema: pa.Schema, where: str) -> None:
    known = set(schema.names)
    for number, row in numbered:
        if not known.issuperset(row):
            raise DataError(
                f"has a key that none of the first {SAMPLE_ROWS:,} lines has",
                where=f"{where}:{number}",
                hint="Put a line with every key first.",
            )


def _misfit(numbered: list[tuple[int, Row]], schema: pa.Schema, where: str) -> DataError:
    for number, row in numbered:
        for column in schema:
            try:
                pa.array([row.get(column.name)], column.type)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                return DataError(
                    f"is not {column.type}, as it is in the first lines",
                    where=f"{where}:{number}, key {column.name}",
                )
    return DataError("values do not fit their columns", where=where)


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    raise DataError(f"NDJSON cannot carry {type(value).__name__}", hint="Write Parquet instead.")


def _finite(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Replace NaN and infinities, which JSON does not have, by null."""
    for index, column in enumerate(batch.columns):
        if pa.types.is_floating(column.type):
            values = [v if v is not None and math.isfinite(v) else None for v in column.to_pylist()]
            batch = batch.set_column(
                index, batch.schema.field(index), pa.array(values, column.type)
            )
    return batch


class _Into(io.RawIOBase):
    """Let the line reader of the standard library read from a source."""

    def __init__(self, inner: Peeked) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
