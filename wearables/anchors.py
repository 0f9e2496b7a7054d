"""Anchors: one row per person and date around which days are counted.

They also say when the person came under observation and when that ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ehrkit.core.columns import KEY, Phi
from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest
from ehrkit.wearables.records import cast_column

Ints = npt.NDArray[np.int64]
FOREVER = np.int64(1 << 40)


@dataclass(frozen=True)
class AnchorColumns:
    """Which columns of the anchor table mean what.

    Attributes:
        anchor: the date that is day 0.
        person: the id shared with the daily table.
        censor: last days on which the person can be observed (death, end of follow-up, end of
            device use, data cut, next surgery); the earliest counts, and that day is still
            included.
        entry: first days of observation (enrolment, device start); the latest counts, included.
    """

    anchor: str
    person: str = "person_id"
    censor: tuple[str, ...] = ()
    entry: tuple[str, ...] = ()


@dataclass(frozen=True)
class Anchors:
    """Anchors with a date, as days since 1970.

    `last` and `first` bound the days that can be expected.
    """

    people: list[str]
    day: Ints
    first: Ints
    last: Ints
    person_field: pa.Field
    without_date: int


def read_anchors(
    reader: pa.RecordBatchReader, columns: AnchorColumns, data_cut: date | None = None
) -> Anchors:
    """Read the anchors; rows without a date or person are counted and left out.

    Raises:
        UsageError: a named column is not in the table.
        DataError: a column does not hold dates.
    """
    table = reader.read_all()
    people = _column(table, columns.person, pa.string())
    day = _column(table, columns.anchor, pa.date32())
    kept = np.array(people.is_valid()) & np.array(day.is_valid())
    cuts = [_days(table, name, FOREVER) for name in columns.censor]
    entries = [_days(table, name, -FOREVER) for name in columns.entry]
    last = np.minimum.reduce([np.full(len(table), _cut(data_cut)), *cuts])
    first = np.maximum.reduce([np.full(len(table), -FOREVER), *entries])
    return Anchors(
        people=people.filter(pa.array(kept)).to_pylist(),
        day=_days(table, columns.anchor, FOREVER)[kept],
        first=first[kept],
        last=last[kept],
        person_field=_person_field(table.schema.field(columns.person)),
        without_date=int((~kept).sum()),
    )


def _cut(data_cut: date | None) -> np.int64:
    return FOREVER if data_cut is None else np.int64((data_cut - date(1970, 1, 1)).days)


def _column(table: pa.Table, name: str, type_: pa.DataType) -> pa.ChunkedArray:
    if name not in table.schema.names:
        raise UsageError(
            f"the anchors have no column {name}",
            where="--anchors",
            hint=suggest(name, table.schema.names),
        )
    return cast_column(table[name], type_, f"the anchors, column {name}")


def _days(table: pa.Table, name: str, missing: np.int64) -> Ints:
    days = _column(table, name, pa.date32()).cast(pa.int32()).cast(pa.int64())
    result: Ints = days.fill_null(int(missing)).to_numpy()
    return result


def _person_field(given: pa.Field) -> pa.Field:
    """Keep the tag of the person's column; text formats have lost it."""
    metadata = given.metadata or {KEY: Phi.OTHER_ID.value.encode()}
    return pa.field(given.name, pa.string(), metadata=metadata)
