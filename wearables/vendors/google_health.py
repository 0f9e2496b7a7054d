"""Google Health API v4: data points (`list`, `reconcile`) and daily roll-ups, saved as JSON.

A folder holds one entry per user. Field names: developers.google.com/health/reference/rest/v4.
Numbers of type int64 come as text. A zero is a true zero (worn and still), a gap means off the
wrist or not synced (developers.google.com/health/data-presence-and-true-zeros).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ehrkit.core.errors import DataError
from ehrkit.wearables import records as r
from ehrkit.wearables.vendors.exports import device_files, json_documents
from ehrkit.wearables.vendors.values import DAY_LENGTH, MAX_STEPS, items, midnight, need, number

VENDOR = "google-health"
MERGED = "merged-1"


def read(path: Path, tally: r.Tally) -> Iterator[r.Record]:
    """Yield the records of a file, a zip, or a folder with one such entry per device user.

    Raises:
        UsageError: nothing to read there.
        DataError: a document is not what the API returns.
    """
    for user, entry in device_files(path, (".json", ".zip")):
        pages = 0
        for where, document in json_documents(entry):
            for page in _pages(document):
                pages += 1
                yield from _page(page, where, user, tally)
        if not pages:
            raise DataError("there are no dataPoints or rollupDataPoints", where=str(entry))


def _pages(document: Any) -> Iterator[dict[str, Any]]:
    """Find the API's pages, whether saved alone or in a list.

    They may also stand under the name of their data type.
    """
    if isinstance(document, dict):
        if "dataPoints" in document or "rollupDataPoints" in document:
            yield document
        else:
            for inner in document.values():
                yield from _pages(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from _pages(inner)


def _page(page: dict[str, Any], where: str, user: str, tally: r.Tally) -> Iterator[r.Record]:
    for key, parse in (("rollupDataPoints", _rollup), ("dataPoints", _point)):
        for position, point in enumerate(items(page, key, where) if key in page else []):
            found = list(parse(point, f"{where}, {key}[{position}]", user))
            tally["data points of other kinds left out"] += not found
            yield from found


def _rollup(point: Any, where: str, user: str) -> Iterator[r.Record]:
    """Read one `dailyRollUp` window.

    The vendor has merged the devices and left out off-wrist time.
    """
    start = civil(need(point, "civilStartTime", where), where)
    end = civil(point["civilEndTime"], where) if "civilEndTime" in point else start + DAY_LENGTH
    if end > start + DAY_LENGTH:
        raise DataError(
            "a roll-up window is longer than a day", where=where, hint="Ask for windowSizeDays 1."
        )
    values = (
        (r.STEPS, "steps", "countSum", MAX_STEPS),
        (r.RESTING_HEART_RATE, "restingHeartRatePersonalRange", "beatsPerMinute", 300.0),
        (r.RESTING_HEART_RATE, "dailyRestingHeartRate", "beatsPerMinute", 300.0),
    )
    for metric, name, inner, highest in values:
        if inner in point.get(name, {}):
            value = number(point[name][inner], f"{where}.{name}", highest)
            yield _record(user, MERGED, metric, r.DAY, (start, end, None), value)


def _point(point: Any, where: str, user: str) -> Iterator[r.Record]:
    """Read one data point of a kind that ehrkit knows."""
    if not isinstance(point, dict):
        raise DataError("a data point is not an object", where=where)
    source = _source(point.get("dataSource"))
    if "steps" in point:
        span = _interval(need(point["steps"], "interval", where), where)
        value = number(point["steps"].get("count", 0), f"{where}.steps", MAX_STEPS)
        grain = r.MINUTE if span[1] - span[0] <= timedelta(minutes=1) else r.INTERVAL
        yield _record(user, source, r.STEPS, grain, span, value)
    elif "dailyRestingHeartRate" in point:
        daily = point["dailyRestingHeartRate"]
        start = midnight(_date(need(daily, "date", where), where))
        value = number(need(daily, "beatsPerMinute", where), f"{where}.dailyRestingHeartRate", 300)
        span = (start, start + DAY_LENGTH, None)
        yield _record(user, source, r.RESTING_HEART_RATE, r.DAY, span, value)
    elif "heartRate" in point:
        sample = need(point["heartRate"], "sampleTime", where)
        start, offset = _instant(sample, "physicalTime", "utcOffset", where)
        rate = number(need(point["heartRate"], "beatsPerMinute", where), f"{where}.heartRate", 400)
        yield _record(user, source, r.HEART_RATE, r.SAMPLE, (start, start, offset), rate)
    elif "sleep" in point:
        span = _interval(need(point["sleep"], "interval", where), where)
        asleep = need(need(point["sleep"], "summary", where), "minutesAsleep", where)
        value = number(asleep, f"{where}.sleep", 2880)
        yield _record(user, source, r.SLEEP, r.INTERVAL, span, value)


def _record(
    user: str,
    source: str,
    metric: str,
    grain: str,
    span: tuple[datetime, datetime, int | None],
    value: float,
) -> r.Record:
    start, end, offset = span
    return r.Record(user, VENDOR, source, metric, grain, start, end, offset, value, r.TRUE_ZERO)


def _source(found: Any) -> str:
    """Return the kind of device; its model tells, and no name of a person or device is kept."""
    device = found.get("device", {}) if isinstance(found, dict) else {}
    text = " ".join(str(value) for value in device.values()).casefold()
    if "watch" in text:
        return "watch-1"
    return "phone-1" if "phone" in text else "tracker-1"


def _interval(found: Any, where: str) -> tuple[datetime, datetime, int | None]:
    """Return local start, local end and the offset at the start; each end has its own offset."""
    start, offset = _instant(found, "startTime", "startUtcOffset", where)
    end, _ = _instant(found, "endTime", "endUtcOffset", where)
    return start, max(start, end), offset


def _instant(found: Any, key: str, offset_key: str, where: str) -> tuple[datetime, int]:
    """Return the wall clock and its offset in minutes.

    Without the offset the local day is unknown.
    """
    text, offset = need(found, key, where), need(found, offset_key, where)
    try:
        minutes = round(float(str(offset).removesuffix("s")) / 60)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or abs(minutes) > 18 * 60:
            raise ValueError
        zone = timezone(timedelta(minutes=minutes))
    except (TypeError, ValueError):
        raise DataError(f"{key} or {offset_key} is not a time", where=where) from None
    return moment.astimezone(zone).replace(tzinfo=None), minutes


def civil(found: Any, where: str) -> datetime:
    """Return a CivilDateTime, `{date: {year, month, day}, time: {hours, minutes, seconds}}`.

    Raises:
        DataError: it is not one.
    """
    day = midnight(_date(need(found, "date", where), where))
    time = found.get("time") or {}
    parts = [number(time.get(name, 0), where, 60) for name in ("hours", "minutes", "seconds")]
    return day + timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


def _date(found: Any, where: str) -> date:
    try:
        return date(*(int(need(found, name, where)) for name in ("year", "month", "day")))
    except (TypeError, ValueError):
        raise DataError("a civil date is not a date", where=where) from None
