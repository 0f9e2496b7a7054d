"""Google Health API v4 payloads of one user, saved as JSON.

Steps come as daily roll-ups, with resting heart rate and sleep, and on request minute by
minute. Off-wrist time is simply absent, and a zero is a true zero. Integers of 64 bits are
JSON strings. Field names: developers.google.com/health/reference/rest/v4.
"""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.devices.clock import opening
from ehrkit.synthetic.devices.days import SENT_SHARE, WearDays
from ehrkit.synthetic.devices.gear import Devices
from ehrkit.synthetic.devices.minutes import MINUTE, WAKES, Fetched, WearMinutes
from ehrkit.synthetic.devices.packing import zipped
from ehrkit.synthetic.devices.wearing import Reason
from ehrkit.synthetic.devices.wording import civil, iso
from ehrkit.synthetic.rows import Array

SENT_HOUR = 14


def google_payload(days: WearDays, devices: Devices) -> bytes:
    """Return one JSON document: data type -> the page that the API returned for it."""
    return "{{{}}}".format(",".join(_daily_pages(days, devices))).encode()


def google_archive(days: WearDays, devices: Devices, fetched: Fetched) -> bytes:
    """Return a zip with the document of the days, and a page of minutes per data type."""
    fine, on_wrist = fetched.days, fetched.minutes.take(fetched.minutes.worn)
    pages = {
        "days.json": "{{{}}}".format(",".join(_daily_pages(days, devices))),
        "steps.json": _page("dataPoints", _steps(fine, devices, on_wrist)),
        "heart-rate.json": _page("dataPoints", _rates(fine, devices, on_wrist)),
    }
    return zipped(pages)


def _daily_pages(days: WearDays, devices: Devices) -> list[str]:
    worn = days.take(days.worn_minutes > 0)
    rated = worn.take(worn.resting_heart_rate > 0)
    rates = [
        f'{{"dailyRestingHeartRate":{{"date":{day},"beatsPerMinute":"{rate}"}}}}'
        for day, rate in zip(civil(rated.day), rated.resting_heart_rate.tolist(), strict=True)
    ]
    nights = _nights(worn.take(worn.sleep_minutes > 0), devices)
    return [
        f'"steps":{_page("rollupDataPoints", _rollups(worn))}',
        f'"daily-resting-heart-rate":{_page("dataPoints", rates)}',
        f'"sleep":{_page("dataPoints", nights)}',
    ]


def _page(name: str, points: list[str]) -> str:
    return f'{{"{name}":[{",".join(points)}]}}'


def _rollups(worn: WearDays) -> list[str]:
    """Return a window per worn day; the last one ends at the last sync, and one came twice."""
    starts, ends = civil(worn.day), [f'{{"date":{day}}}' for day in civil(worn.day + CALENDAR_DAY)]
    for row in np.flatnonzero(worn.reason == Reason.LAST_SYNC).tolist():
        ends[row] = _at(starts[row], int(worn.worn_minutes[row]))
    points = [
        f'{{"civilStartTime":{{"date":{start}}},"civilEndTime":{end},"steps":{{"countSum":"{n}"}}}}'
        for start, end, n in zip(starts, ends, worn.recorded_steps.tolist(), strict=True)
    ]
    for row in np.flatnonzero(worn.sent_again).tolist():
        early = int(worn.recorded_steps[row] * SENT_SHARE)
        points.append(
            f'{{"civilStartTime":{{"date":{starts[row]}}},'
            f'"civilEndTime":{_at(starts[row], 60 * SENT_HOUR)},"steps":{{"countSum":"{early}"}}}}'
        )
    return points


def _at(day: str, minute: int) -> str:
    return f'{{"date":{day},"time":{{"hours":{minute // 60},"minutes":{minute % 60}}}}}'


def _nights(slept: WearDays, devices: Devices) -> list[str]:
    """Return nights that end at 06:45 local time of their wake date, with both offsets."""
    before, after = slept.offset, slept.offset + slept.saving
    end = opening(slept.day, slept.clock()) + (WAKES - slept.saving) * MINUTE
    start = end - (slept.sleep_minutes + slept.awake_minutes) * MINUTE
    # Nights that begin on the day before, before clocks or zones changed, began in its offset.
    columns = zip(
        _sources(slept, devices), iso(start), before.tolist(), iso(end), after.tolist(),
        slept.sleep_minutes.tolist(), strict=True,
    )  # fmt: skip
    return [
        f'{{{source},"sleep":{{"interval":{{"startTime":"{a}Z","startUtcOffset":"{60 * x}s",'
        f'"endTime":"{b}Z","endUtcOffset":"{60 * y}s"}},"summary":{{"minutesAsleep":"{n}"}}}}}}'
        for source, a, x, b, y, n in columns
    ]


def _sources(days: WearDays, devices: Devices) -> list[str]:
    """Return the device behind each day, the newer one where there are two."""
    newest = np.zeros(len(days), np.int64)
    for number, first in enumerate(devices.first_day):
        newest[days.day >= first] = number
    texts = [_source(str(model)) for model in devices.model]
    return [texts[number] for number in newest.tolist()]


def _source(model: str) -> str:
    form = "WATCH" if "Watch" in model else "FITNESS_BAND"
    return f'"dataSource":{{"device":{{"formFactor":"{form}","displayName":"{model}"}}}}'


def _steps(days: WearDays, devices: Devices, worn: WearMinutes) -> list[str]:
    """Return a point per worn minute, zeros too; a second device repeats its overlap."""
    starts, ends = iso(worn.start), iso(worn.start + MINUTE)
    sources = _sources(days, devices)
    columns = zip(
        worn.place.tolist(), starts, ends, worn.offset.tolist(), worn.recorded_steps.tolist(),
        strict=True,
    )  # fmt: skip
    points = [
        f'{{{sources[place]},"steps":{{"interval":{{"startTime":"{a}Z","startUtcOffset":"{60 * o}s"'
        f',"endTime":"{b}Z","endUtcOffset":"{60 * o}s"}},"count":"{n}"}}}}'
        for place, a, b, o, n in columns
    ]
    old = _source(str(devices.model[0]))
    newer = f'"displayName":"{devices.model[-1]}"'
    doubled = np.flatnonzero(_overlap(days, devices)[worn.place])
    points += [
        points[row].replace(sources[worn.place[row]], old)
        for row in doubled.tolist()
        if newer in points[row]
    ]
    return points


def _overlap(days: WearDays, devices: Devices) -> Array:
    """Return a mask of days on which the first and the second device were both worn."""
    if len(devices) < 2:
        return np.zeros(len(days), bool)
    mask: Array = (days.day >= devices.first_day[1]) & (days.day <= devices.last_day[0])
    return mask


def _rates(days: WearDays, devices: Devices, worn: WearMinutes) -> list[str]:
    sources = _sources(days, devices)
    columns = zip(
        worn.place.tolist(), iso(worn.start), worn.offset.tolist(), worn.rate.tolist(), strict=True
    )
    return [
        f'{{{sources[place]},"heartRate":{{"sampleTime":{{"physicalTime":"{a}Z",'
        f'"utcOffset":"{60 * o}s"}},"beatsPerMinute":"{rate}"}}}}'
        for place, a, o, rate in columns
    ]
