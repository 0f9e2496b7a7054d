"""Fitabase CSV exports: `dailyActivity`, `sleepDay`, `minuteStepsWide`, `weightLogInfo`.

The files may be plain or gzip.

One file holds many users; files are told apart by their header, not by name. Local time,
no offset. Exact duplicate rows (real in `sleepDay`) are dropped and counted.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO, cast

import pyarrow as pa

from ehrkit.core.errors import DataError
from ehrkit.wearables import records as r
from ehrkit.wearables.vendors.exports import device_files
from ehrkit.wearables.vendors.us_dates import DateOrders, clock, find_orders
from ehrkit.wearables.vendors.values import DAY_LENGTH, MAX_STEPS, midnight, number
from ehrkit.wearables.vendors.wide_minutes import read_wide_minutes

VENDOR = "fitabase"
SOURCE = "tracker-1"

Row = dict[str, str]
Rows = Callable[[], Iterator[tuple[int, Row]]]


def read(path: Path, tally: r.Tally) -> Iterator[pa.RecordBatch]:
    """Yield the records of one file, or of every file that is known by its header in a folder.

    Raises:
        UsageError: nothing to read there.
        DataError: a file is malformed, or its date order cannot be told.
    """
    known = 0
    for _, entry in device_files(path, (".csv", ".gz")):
        header = _header(entry)
        if "Id" not in header:
            tally["files of other kinds left out"] += 1
        elif "Steps00" in header:
            known += 1
            yield from read_wide_minutes(partial(_rows, entry), str(entry), tally)
        elif layout := next((name for name in LAYOUTS if name in header), None):
            known += 1
            yield from r.as_batches(_daily(entry, layout, tally))
        else:
            tally["files of other kinds left out"] += 1
    if not known:
        raise DataError(
            "no file here has the header of a Fitabase export that is read",
            where=str(path),
            hint="Read are dailyActivity, sleepDay, minuteStepsWide and weightLogInfo.",
        )


def _header(entry: Path) -> list[str]:
    with _opened(entry) as lines:
        return next(csv.reader(lines), [])


def _opened(entry: Path) -> TextIO:
    """Open plain or gzip text."""
    if entry.suffix.lower() == ".gz":
        return cast(TextIO, gzip.open(entry, "rt", encoding="utf-8-sig", newline=""))
    return entry.open(encoding="utf-8-sig", newline="")


def _rows(entry: Path) -> Iterator[tuple[int, Row]]:
    """Yield `(line, row)`.

    Raises:
        DataError: a row has another number of cells than the header, or the file is damaged.
    """
    try:
        with _opened(entry) as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader)
            for cells in reader:
                if len(cells) != len(header):
                    raise DataError(
                        "a row has more or fewer cells than the header",
                        where=f"{entry}, line {reader.line_num}",
                    )
                yield reader.line_num, dict(zip(header, cells, strict=True))
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError("the file is damaged or not UTF-8 CSV", where=str(entry)) from None


def _daily(entry: Path, column: str, tally: r.Tally) -> Iterator[r.Record]:
    """Yield the records of a file with one row per user and day, or per weighing."""
    where = str(entry)
    orders = find_orders(((line, row["Id"], row[column]) for line, row in _rows(entry)), where)
    seen: set[tuple[str, ...]] = set()
    for line, row in _rows(entry):
        if (cells := tuple(row.values())) in seen:
            tally["exact duplicate rows dropped"] += 1
            continue
        seen.add(cells)
        start = _start(row[column], orders, line)
        yield from LAYOUTS[column](row, start, f"{where}, line {line}")


def _start(text: str, orders: DateOrders, line: int) -> datetime:
    """Return the local time in a cell; a date alone is its midnight."""
    day, _ = orders.day(text, line)
    _, _, rest = text.strip().partition(" ")
    hour, minute, second = (
        clock(rest, f"{orders.where}, line {line}") if rest.strip() else (0, 0, 0)
    )
    return midnight(day) + timedelta(hours=hour, minutes=minute, seconds=second)


def _activity(row: Row, start: datetime, where: str) -> Iterator[r.Record]:
    yield _record(row, r.STEPS, start, _cell(row, "TotalSteps", where, MAX_STEPS))
    yield _record(row, r.SEDENTARY, start, _cell(row, "SedentaryMinutes", where, 1500))


def _sleep(row: Row, start: datetime, where: str) -> Iterator[r.Record]:
    yield _record(row, r.SLEEP, start, _cell(row, "TotalMinutesAsleep", where, 2880))


def _weight(row: Row, start: datetime, where: str) -> Iterator[r.Record]:
    value = _cell(row, "WeightKg", where, 1000)
    yield _record(row, r.WEIGHT, start, value)._replace(
        source="scale-1", grain=r.SAMPLE, end_local=start
    )


LAYOUTS: dict[str, Callable[[Row, datetime, str], Iterator[r.Record]]] = {
    "ActivityDate": _activity,
    "SleepDay": _sleep,
    "Date": _weight,
}
"""How a file is read, by the column that holds its date."""


def _cell(row: Row, column: str, where: str, highest: float) -> float:
    if column not in row:
        raise DataError(f"there is no column {column}", where=where.partition(", line")[0])
    return number(row[column], f"{where}, column {column}", highest)


def _record(row: Row, metric: str, start: datetime, value: float) -> r.Record:
    end = start + DAY_LENGTH
    return r.Record(row["Id"], VENDOR, SOURCE, metric, r.DAY, start, end, None, value, r.AMBIGUOUS)
