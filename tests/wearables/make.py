"""Small records, daily tables and anchors, written the way the tests want to read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from ehrkit.wearables import records as r
from ehrkit.wearables.anchors import AnchorColumns, Anchors, read_anchors
from ehrkit.wearables.daily import summarise_days
from ehrkit.wearables.records import Tally, as_batches, as_reader
from ehrkit.wearables.validity import ValidDay
from ehrkit.wearables.vendors import ingest

MIDNIGHT = datetime(2024, 5, 6)


def record(
    metric: str = r.STEPS,
    value: float = 1.0,
    start: datetime = MIDNIGHT,
    minutes: float = 1,
    *,
    device: str = "dev-1",
    source: str = "watch-1",
    vendor: str = "apple-health",
    grain: str = r.INTERVAL,
    offset: int | None = None,
    zero: str = r.AMBIGUOUS,
) -> r.Record:
    """Return a record of one minute unless told otherwise."""
    end = start + timedelta(minutes=minutes)
    return r.Record(device, vendor, source, metric, grain, start, end, offset, value, zero)


def total(value: float, day: date, metric: str = r.STEPS, **fields: Any) -> r.Record:
    """Return a vendor's figure for a whole day."""
    start = datetime(day.year, day.month, day.day)
    fields = {"source": "tracker-1", "vendor": "fitbit", "grain": r.DAY, **fields}
    return record(metric, value, start, **{"minutes": 1440, **fields})


def days_of(
    records: Iterable[r.Record],
    people: Mapping[str, str] | None = None,
    rule: ValidDay | None = None,
) -> list[dict[str, Any]]:
    """Return the daily rows of some records."""
    reader = as_reader(as_batches(records))
    rows: list[dict[str, Any]] = summarise_days(
        [reader], rule or ValidDay(), people
    ).table.to_pylist()
    return rows


def read_export(path: Path, vendor: str) -> tuple[list[dict[str, Any]], Tally]:
    """Return the records of an export as rows, and the tally."""
    tally: Tally = Tally()
    return ingest(path, vendor, tally).read_all().to_pylist(), tally


def anchors_of(
    rows: Sequence[Mapping[str, Any]], *, censor: tuple[str, ...] = (), entry: tuple[str, ...] = ()
) -> Anchors:
    """Return anchors from rows with `person_id`, `index_date` and further dates."""
    names = ("index_date", *censor, *entry)
    table = pa.table(
        {
            "person_id": pa.array([row["person_id"] for row in rows], pa.string()),
            **{name: pa.array([row[name] for row in rows], pa.date32()) for name in names},
        }
    )
    columns = AnchorColumns("index_date", censor=censor, entry=entry)
    return read_anchors(table.to_reader(), columns)


def daily_table(rows: Sequence[tuple[str, date, int | None, bool, str | None]]) -> pa.Table:
    """Return a daily table from (person, date, steps, valid, zero semantics)."""
    person, day, steps, valid, zero = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    return pa.table(
        {
            "person_id": pa.array(person, pa.string()),
            "date": pa.array(day, pa.date32()),
            "steps": pa.array(steps, pa.int64()),
            "recorded": pa.array([count is not None for count in steps], pa.bool_()),
            "valid": pa.array(valid, pa.bool_()),
            "zero_semantics": pa.array(zero, pa.string()),
        }
    )
