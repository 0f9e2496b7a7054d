"""Calendar days in columns: dates, timestamps and ISO text read as days since 1970-01-01."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.deid.transforms.kernel import (
    Remembered,
    by_distinct,
    is_text,
    null_where,
    text_column,
)

EPOCH = dt.date(1970, 1, 1)
# Far dates such as 9999-12-31 are "never" in many systems; moved, they would leave the calendar.
FIRST_DAY = (dt.date(1000, 1, 1) - EPOCH).days
LAST_DAY = (dt.date(9000, 1, 1) - EPOCH).days

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)?"
ISO = rf"^{_DAY}([T ]{_CLOCK}{_ZONE})?$"
EXPECTS = 'an ISO 8601 date, or a format = "..." in the policy; of the years 1000 to 8999'


@dataclass(frozen=True)
class Days:
    """A column read as days.

    Attributes:
        days: int32 days since 1970-01-01; null where blank or bad.
        tail: for text, the time of day that followed the date, else None.
        bad: boolean, True where there is a value that is no date.
        blank: rows without a value.
    """

    days: pa.Array
    tail: pa.Array | None
    bad: pa.Array
    blank: int


def is_temporal(type_: pa.DataType) -> bool:
    """Tell whether a type is one that `read_days` takes, text included."""
    return bool(pa.types.is_date(type_) or pa.types.is_timestamp(type_) or is_text(type_))


def read_days(batch: pa.RecordBatch, name: str, date_format: str | None) -> Days:
    """Read a date, timestamp (its local calendar day) or text column as days."""
    column = batch.column(name)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        if pa.types.is_timestamp(column.type) and column.type.tz:
            column = pc.local_timestamp(column)
        floored = pc.floor_temporal(column, unit="day") if not _is_day(column) else column
        days = floored.cast(pa.date32(), safe=False).cast(pa.int32())
        return _bounded(days, None, column)
    text = text_column(batch, name)
    if date_format:
        days, tail = _by_format(text, date_format)
    else:
        days, tail = _iso(text)
    return _bounded(days, tail, text)


def _is_day(column: pa.Array) -> bool:
    return bool(pa.types.is_date32(column.type))


def _bounded(days: pa.Array, tail: pa.Array | None, given: pa.Array) -> Days:
    inside = pc.and_(pc.greater_equal(days, FIRST_DAY), pc.less(days, LAST_DAY))
    bad = pc.and_(pc.is_valid(given), pc.invert(pc.fill_null(inside, False)))
    return Days(null_where(bad, days), tail, bad, given.null_count)


def _iso(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Split ISO text into its day and the rest; a day that no calendar has becomes null."""
    readable = pc.match_substring_regex(text, pattern=ISO)
    day = null_where(pc.invert(readable), pc.utf8_slice_codeunits(text, 0, 10))
    tail = pc.utf8_slice_codeunits(text, 10)
    encoded = day.dictionary_encode()
    written = encoded.dictionary
    parsed = pc.strptime(written, format="%Y-%m-%d", unit="s", error_is_null=True)
    parsed = parsed.cast(pa.date32())
    # The parser turns February 30 into March 2: what reads back differently was no date.
    real = pc.equal(parsed.cast(pa.string()), written)
    days = null_where(pc.invert(pc.fill_null(real, False)), parsed.cast(pa.int32()))
    return days.take(encoded.indices), tail


def _by_format(text: pa.Array, date_format: str) -> tuple[pa.Array, pa.Array]:
    """Read text by a strptime pattern, value by distinct value: strict, and any pattern works."""

    def parse(value: str) -> dict[str, object] | None:
        try:
            moment = dt.datetime.strptime(value, date_format)
        except ValueError:
            return None
        clock = f"T{moment.timetz().isoformat()}" if _has_clock(date_format) else ""
        return {"day": (moment.date() - EPOCH).days, "tail": clock}

    type_ = pa.struct([("day", pa.int32()), ("tail", pa.string())])
    both = by_distinct(text, Remembered(parse), type_)
    return pc.struct_field(both, "day"), pc.struct_field(both, "tail")


def _has_clock(date_format: str) -> bool:
    return any(hour in date_format for hour in ("%H", "%I", "%X", "%c"))
