"""Fitabase `minuteStepsWide`: one row per user and hour with sixty columns of steps.

A copy that was saved again in a spreadsheet can have lost AM and PM (each day goes twice round the
dial, `12:00:00 PM, 1:00:00 AM, ...`). The rows still stand in order, so the hour is
read off the walk round the dial; where even that does not work, the file is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby, pairwise

import numpy as np
import pyarrow as pa

from ehrkit.core.errors import DataError
from ehrkit.wearables import records as r
from ehrkit.wearables.vendors.us_dates import DateOrders, Spelling, clock, find_orders
from ehrkit.wearables.vendors.values import midnight, number

COLUMNS = tuple(f"Steps{minute:02d}" for minute in range(60))
HOURS_PER_BATCH = r.BATCH_ROWS // 60

Row = dict[str, str]
Rows = Callable[[], Iterator[tuple[int, Row]]]
Hour = tuple[str, datetime, list[float]]
Day = list[tuple[int, Row, int]]


def read_wide_minutes(rows: Rows, where: str, tally: r.Tally) -> Iterator[pa.RecordBatch]:
    """Yield minute records; `rows` reads the file anew on each call, for it is read three times.

    Raises:
        DataError: a date, an hour or a count is malformed, or the hours of a day cannot be told.
    """
    orders = find_orders(((line, row["Id"], _date_text(row)) for line, row in rows()), where)
    lost = _without_halves(rows, orders)
    ready: list[Hour] = []
    for _, day in _days(rows):
        ready.extend(_hours(day, orders, lost, tally))
        while len(ready) >= HOURS_PER_BATCH:
            yield _batch(ready[:HOURS_PER_BATCH])
            del ready[:HOURS_PER_BATCH]
    if ready:
        yield _batch(ready)


def _date_text(row: Row) -> str:
    return row["Date"] if "Date" in row else row.get("ActivityHour", "")


def _time_text(row: Row) -> str:
    """Return the hour's text.

    Its own column where the date has another, else what follows the date.
    """
    text = row.get("ActivityHour", "")
    return text if "Date" in row else text.strip().partition(" ")[2]


def _days(rows: Rows) -> Iterator[tuple[tuple[str, str], Day]]:
    """Group the rows of one user and date text that stand together.

    Each row comes with the hour that it shows.
    """

    def key(item: tuple[int, Row]) -> tuple[str, str]:
        text = _date_text(item[1])
        return item[1]["Id"], text if "Date" in item[1] else text.partition(" ")[0]

    for group, found in groupby(rows(), key):
        yield group, [(line, row, clock(_time_text(row), f"line {line}")[0]) for line, row in found]


def _without_halves(rows: Rows, orders: DateOrders) -> set[Spelling]:
    """Return the date spellings in which hours go backwards.

    Those rows were saved without AM and PM.
    """
    lost: set[Spelling] = set()
    for (_, text), day in _days(rows):
        hours = [hour for _, row, hour in day]
        if any(later < earlier for earlier, later in pairwise(hours)):
            lost.add(orders.day(text, day[0][0])[1])
    return lost


def _hours(day: Day, orders: DateOrders, lost: set[Spelling], tally: r.Tally) -> Iterator[Hour]:
    """Yield the hours of one user's day, exact duplicates dropped."""
    line, row, _ = day[0]
    date, spelling = orders.day(_date_text(row), line)
    walked = spelling in lost
    hours = _walk([hour for _, _, hour in day]) if walked else [hour for _, _, hour in day]
    tally["hours whose AM or PM was read off their order"] += len(day) if walked else 0
    seen: dict[int, list[float]] = {}
    for (line, row, _), hour in zip(day, hours, strict=True):
        spot = f"{orders.where}, line {line}"
        counts = [number(row.get(name), f"{spot}, column {name}", 1000) for name in COLUMNS]
        if hour > 23 or seen.setdefault(hour, counts) != counts:
            raise DataError(
                "an hour of the day stands there twice", where=spot, hint="Export the file again."
            )
        if seen[hour] is not counts:
            tally["exact duplicate rows dropped"] += 1
            continue
        yield row["Id"], midnight(date) + timedelta(hours=hour), counts


def _walk(hours: list[int]) -> list[int]:
    """Return the hours of a day whose rows go round a 12-hour dial, at most twice.

    The first row of a day is taken to lie before noon.
    """
    result: list[int] = []
    rounds, before = 0, -1
    for dial in (hour % 12 for hour in hours):
        rounds += dial <= before
        before = dial
        result.append(dial + 12 * rounds)
    return result


def _batch(hours: list[Hour]) -> pa.RecordBatch:
    """Unfold hours into minutes."""
    starts = np.array([start for _, start, _ in hours], "datetime64[us]")
    minute = np.timedelta64(60_000_000, "us")
    begin = (starts[:, None] + np.arange(60) * minute).ravel()
    users = pa.array([user for user, _, _ in hours]).take(
        pa.array(np.repeat(np.arange(len(hours)), 60))
    )
    count = len(begin)
    fixed = {
        "vendor": "fitabase",
        "source": "tracker-1",
        "metric": r.STEPS,
        "grain": r.MINUTE,
        "zero_semantics": r.AMBIGUOUS,
    }
    columns: dict[str, pa.Array] = {
        **{name: pa.repeat(text, count) for name, text in fixed.items()},
        "device_user_id": users,
        "start_local": pa.array(begin),
        "end_local": pa.array(begin + minute),
        "utc_offset_minutes": pa.nulls(count, pa.int16()),
        "value": pa.array(np.array([counts for _, _, counts in hours], float).ravel()),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in r.RECORDS.names], schema=r.RECORDS)
