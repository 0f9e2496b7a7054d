"""Fitbit Web API payloads, archived as JSON.

A zip, a folder of JSON files, or a folder of such entries per user.

The API closed in November 2026; archives of it stay. Values are text; times are the
wearer's wall clock without an offset; a zero may mean an unworn tracker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ehrkit.core.errors import DataError
from ehrkit.wearables import records as r
from ehrkit.wearables.vendors.exports import device_files, json_documents
from ehrkit.wearables.vendors.values import (
    DAY_LENGTH,
    MAX_STEPS,
    items,
    local_time,
    need,
    number,
)

VENDOR = "fitbit"
SOURCE = "tracker-1"
DAILY_SERIES = {
    "activities-steps": (r.STEPS, MAX_STEPS),
    "activities-minutesSedentary": (r.SEDENTARY, 1500.0),
}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read(path: Path, tally: r.Tally) -> Iterator[r.Record]:
    """Yield the records of an archive.

    A folder may hold one archive (zip or folder) per device user.

    Raises:
        UsageError: nothing to read there.
        DataError: a document is not what the API returned.
    """
    for user, entry in _archives(path):
        known = 0
        for where, document in json_documents(entry):
            for payload in document if isinstance(document, list) else [document]:
                found = 0
                for record in _payload(payload, where, user):
                    found += 1
                    yield record
                known += found
                tally["payloads without a metric that is read"] += not found
        if not known:
            raise DataError("there is no payload of the Fitbit Web API", where=str(entry))


def _archives(path: Path) -> list[tuple[str, Path]]:
    """Return one entry per user: the zips or sub-folders of a folder, or the path itself."""
    if path.is_dir():
        inner = [
            entry
            for entry in sorted(path.iterdir())
            if entry.is_dir() or entry.suffix.lower() == ".zip"
        ]
        return [(entry.stem, entry) for entry in inner] or [(path.name, path)]
    return device_files(path, (".zip", ".json"))


def _payload(payload: Any, where: str, user: str) -> Iterator[r.Record]:
    """Read one answer of the API, whatever resources it combines."""
    if not isinstance(payload, dict):
        raise DataError("a payload is not an object", where=where)
    for key, (metric, highest) in DAILY_SERIES.items():
        for position, row in enumerate(items(payload, key, where) if key in payload else []):
            yield _daily(row, f"{where}, {key}[{position}]", user, metric, highest)
    if "activities-heart" in payload:
        yield from _resting(items(payload, "activities-heart", where), where, user)
    for key, metric in (
        ("activities-steps-intraday", r.STEPS),
        ("activities-heart-intraday", r.HEART_RATE),
    ):
        if key in payload:
            yield from _intraday(payload, key, metric, where, user)
    if "sleep" in payload:
        for position, log in enumerate(items(payload, "sleep", where)):
            yield _sleep(log, f"{where}, sleep[{position}]", user)
    if "summary" in payload and "activities-steps" not in payload and "sleep" not in payload:
        yield from _summary(payload["summary"], where, user)
    if "lastSyncTime" in payload:
        moment = local_time(payload["lastSyncTime"], where)
        yield _record(user, r.SYNC, r.SAMPLE, moment, moment, 0.0)


def _record(
    user: str, metric: str, grain: str, start: datetime, end: datetime, value: float
) -> r.Record:
    return r.Record(user, VENDOR, SOURCE, metric, grain, start, end, None, value, r.AMBIGUOUS)


def _daily(row: Any, where: str, user: str, metric: str, highest: float) -> r.Record:
    start = local_time(need(row, "dateTime", where), where)
    value = number(need(row, "value", where), where, highest)
    return _record(user, metric, r.DAY, start, start + DAY_LENGTH, value)


def _resting(rows: list[Any], where: str, user: str) -> Iterator[r.Record]:
    """Read resting heart rates; the API leaves the value out on poorly worn days."""
    for position, row in enumerate(rows):
        spot = f"{where}, activities-heart[{position}]"
        value = need(row, "value", spot)
        if isinstance(value, dict) and "restingHeartRate" in value:
            start = local_time(need(row, "dateTime", spot), spot)
            rate = number(value["restingHeartRate"], spot, 300)
            yield _record(user, r.RESTING_HEART_RATE, r.DAY, start, start + DAY_LENGTH, rate)


def _intraday(
    payload: dict[str, Any], key: str, metric: str, where: str, user: str
) -> Iterator[r.Record]:
    """Read a day's minutes; the date stands only in the daily series of the same payload."""
    days = items(payload, key.removesuffix("-intraday"), where)
    if len(days) != 1:
        raise DataError("an intraday payload must hold exactly one day", where=f"{where}, {key}")
    day = need(days[0], "dateTime", where)
    unit = payload[key].get("datasetType", "minute")
    step = timedelta(**{f"{unit}s": int(payload[key].get("datasetInterval", 1))})
    grain = r.MINUTE if step == timedelta(minutes=1) else r.INTERVAL
    for position, row in enumerate(items(payload[key], "dataset", where)):
        spot = f"{where}, {key}.dataset[{position}]"
        start = local_time(f"{day}T{need(row, 'time', spot)}", spot)
        value = number(need(row, "value", spot), spot, MAX_STEPS)
        if metric == r.HEART_RATE and step < timedelta(minutes=1):
            yield _record(user, metric, r.SAMPLE, start, start, value)
        else:
            yield _record(user, metric, grain, start, start + step, value)


def _sleep(log: Any, where: str, user: str) -> r.Record:
    """Read one sleep log; `dateOfSleep` is the date on which it ended, which is where it counts."""
    value = number(need(log, "minutesAsleep", where), where, 2880)
    if "startTime" in log and "endTime" in log:
        start, end = local_time(log["startTime"], where), local_time(log["endTime"], where)
        return _record(user, r.SLEEP, r.INTERVAL, start, max(start, end), value)
    start = local_time(need(log, "dateOfSleep", where), where)
    return _record(user, r.SLEEP, r.DAY, start, start + DAY_LENGTH, value)


def _summary(summary: Any, where: str, user: str) -> Iterator[r.Record]:
    """Read a daily activity summary; its date stands only in the name of the file that keeps it."""
    dates = ISO_DATE.findall(where)
    if not dates:
        raise DataError("a daily summary whose file name holds no date", where=where)
    start = local_time(dates[-1], where)
    for key, metric, highest in (
        ("steps", r.STEPS, MAX_STEPS),
        ("sedentaryMinutes", r.SEDENTARY, 1500.0),
        ("restingHeartRate", r.RESTING_HEART_RATE, 300.0),
    ):
        if key in summary:
            value = number(summary[key], f"{where}, summary.{key}", highest)
            yield _record(user, metric, r.DAY, start, start + DAY_LENGTH, value)
