"""The one shape into which every vendor's export is read.

A record of one metric over one span of local time.

A span is half-open, `[start_local, end_local)`, on the wearer's own wall clock;
a sample has equal ends. The local day of a record is therefore the date of
`start_local`, whatever the zone, and never a UTC date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError

BATCH_ROWS = 16_384

AMBIGUOUS = "ambiguous"
TRUE_ZERO = "true_zero"

STEPS = "steps"
SEDENTARY = "sedentary_minutes"
HEART_RATE = "heart_rate"
RESTING_HEART_RATE = "resting_heart_rate"
SLEEP = "sleep_minutes"
WEIGHT = "weight_kg"
SYNC = "sync"

MINUTE = "minute"
INTERVAL = "interval"
DAY = "day"
SAMPLE = "sample"

RECORDS = pa.schema(
    [
        field("device_user_id", pa.string(), Phi.DEVICE),
        field("vendor", pa.string(), Phi.NONE),
        field("source", pa.string(), Phi.NONE),
        field("metric", pa.string(), Phi.NONE),
        field("grain", pa.string(), Phi.NONE),
        field("start_local", pa.timestamp("us"), Phi.DATE),
        field("end_local", pa.timestamp("us"), Phi.DATE),
        field("utc_offset_minutes", pa.int16(), Phi.QUASI),
        field("value", pa.float64(), Phi.NONE),
        field("zero_semantics", pa.string(), Phi.NONE),
    ]
)
OPTIONAL = frozenset({"utc_offset_minutes"})

Tally = Counter[str]
"""What a reader left out or mended, by kind; never a value."""


class Record(NamedTuple):
    """One row of `RECORDS`.

    `source` is `KIND-N` (`watch-1`, `phone-2`, `tracker-1`, `merged-1`): the device's own name
    often holds its owner's, so it is replaced by its kind and a number within the export. `value`
    is in the metric's unit: steps, minutes, beats per minute, kilograms; a `sync` record marks
    the moment of the last sync or export.
    """

    device_user_id: str
    vendor: str
    source: str
    metric: str
    grain: str
    start_local: datetime
    end_local: datetime
    utc_offset_minutes: int | None
    value: float
    zero_semantics: str


def as_batches(records: Iterable[Record], rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """Pack records into batches of at most `rows` rows.

    Memory then does not grow with the export.
    """
    stream = iter(records)
    while chunk := list(islice(stream, rows)):
        columns = zip(*chunk, strict=True)
        yield pa.RecordBatch.from_arrays(
            [pa.array(column, type_) for column, type_ in zip(columns, RECORDS.types, strict=True)],
            schema=RECORDS,
        )


def as_reader(batches: Iterable[pa.RecordBatch]) -> pa.RecordBatchReader:
    """Return the batches as one stream with the schema of `RECORDS`."""
    return pa.RecordBatchReader.from_batches(RECORDS, batches)


def conform(
    table: pa.RecordBatch | pa.Table, schema: pa.Schema, optional: frozenset[str], name: str
) -> pa.Table:
    """Return the columns of `schema` in its order and types.

    CSV text is cast, an empty text is null.

    Raises:
        DataError: a column is missing, does not have its type, or has a null where none may be.
    """
    columns = [_cast(table, wanted, optional, name) for wanted in schema]
    return pa.table(columns, schema=schema)


def _cast(
    table: pa.RecordBatch | pa.Table, wanted: pa.Field, optional: frozenset[str], name: str
) -> pa.Array | pa.ChunkedArray:
    if wanted.name not in table.schema.names:
        raise DataError(
            f"there is no column {wanted.name}",
            where=name,
            hint="Give the output of the command that comes before this one.",
        )
    column = cast_column(table.column(wanted.name), wanted.type, f"{name}, column {wanted.name}")
    if column.null_count and wanted.name not in optional:
        raise DataError("a value is missing", where=f"{name}, column {wanted.name}")
    return column


def cast_column(
    column: pa.Array | pa.ChunkedArray, type_: pa.DataType, where: str
) -> pa.Array | pa.ChunkedArray:
    """Cast one column; text that is empty counts as null.

    Raises:
        DataError: a value is not of the type; the message does not show it.
    """
    import pyarrow.compute as pc

    if column.type == type_:
        return column
    try:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
            if pa.types.is_date(type_):
                column = pc.utf8_slice_codeunits(column, 0, 10)
        return column.cast(type_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        raise DataError(f"a value is not of the type {type_}", where=where) from None
