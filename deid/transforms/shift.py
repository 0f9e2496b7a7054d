"""Per-patient date shift: every date of a patient moves by the same secret number of days."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.deid.transforms.days import EXPECTS, read_days
from ehrkit.deid.transforms.kernel import (
    Remembered,
    Result,
    by_distinct,
    null_where,
    text_column,
)

_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
# A nanosecond timestamp ends in 1677 and 2262; a shift must not carry a value past that.
_NS_MARGIN_DAYS = 3651


@dataclass(frozen=True)
class Shift:
    """Move dates by the shift of their patient; the time of day stays, text stays ISO text.

    A date whose patient is unknown is a bad value: it cannot be moved and must not pass.
    """

    source: str
    patient: str
    output: pa.Field
    days_of: Remembered[int]
    date_format: str | None = None
    expects: str = f"{EXPECTS}, and a patient id in its row"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the shifted column in the type of the output field."""
        read = read_days(batch, self.source, self.date_format)
        patients = text_column(batch, self.patient)
        moves = by_distinct(patients, self.days_of, pa.int32())
        bad = pc.or_(read.bad, pc.and_(pc.is_valid(read.days), pc.is_null(moves)))
        moves = null_where(pc.is_null(read.days), moves)
        if pa.types.is_timestamp(self.output.type):
            moved, overflow = self._timestamps(batch.column(self.source), moves)
            bad = pc.or_(bad, overflow)
        else:
            moved = self._days(pc.add(read.days, moves), read.tail)
        moved = null_where(bad, moved)
        return Result(moved, len(moved) - moved.null_count, read.blank, bad)

    def _days(self, days: pa.Array, tail: pa.Array | None) -> pa.Array:
        dates = days.cast(pa.date32())
        if tail is None:
            return dates
        return pc.binary_join_element_wise(dates.cast(pa.string()), tail, "")

    def _timestamps(self, column: pa.Array, moves: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Move instants by whole days of 24 hours: intervals are kept to the last digit."""
        per_day = _PER_DAY[column.type.unit]
        raw = column.cast(pa.int64())
        margin = _NS_MARGIN_DAYS * _PER_DAY["ns"] if column.type.unit == "ns" else 0
        unsafe = pc.greater(pc.abs(raw), 2**63 - 1 - margin)
        unsafe = pc.fill_null(unsafe, False)
        moves = null_where(unsafe, moves)
        moved = pc.add(raw, pc.multiply(moves.cast(pa.int64()), per_day))
        return moved.cast(column.type), unsafe


def shifted_type(type_: pa.DataType) -> pa.DataType:
    """Return the type of a shifted column: timestamps stay, dates become date32, text stays."""
    if pa.types.is_timestamp(type_):
        return type_
    return pa.date32() if pa.types.is_date(type_) else pa.string()
