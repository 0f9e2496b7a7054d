"""Google Health API v4 payloads of one user: steps as daily roll-ups, resting heart rate, sleep.

Off-wrist days are simply absent, and a zero is a true zero. Integers of 64 bits are JSON
strings. Field names: developers.google.com/health/reference/rest/v4.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.clock import to_utc
from ehrkit.synthetic.devices.days import WearDays


def google_payload(days: WearDays) -> bytes:
    """Return one JSON document: data type -> the page that the API returned for it."""
    worn = days.take(days.worn_minutes > 0)
    rated = worn.take(worn.resting_heart_rate > 0)
    slept = worn.take(worn.sleep_minutes > 0)
    document = {
        "steps": {
            "rollupDataPoints": [
                {
                    "civilStartTime": {"date": _date(day)},
                    "civilEndTime": {"date": _date(day + CALENDAR_DAY)},
                    "steps": {"countSum": str(steps)},
                }
                for day, steps in zip(worn.day, worn.recorded_steps.tolist(), strict=True)
            ]
        },
        "daily-resting-heart-rate": {
            "dataPoints": [
                {"dailyRestingHeartRate": {"date": _date(day), "beatsPerMinute": str(rate)}}
                for day, rate in zip(rated.day, rated.resting_heart_rate.tolist(), strict=True)
            ]
        },
        "sleep": {
            "dataPoints": [
                _sleep(day, minutes)
                for day, minutes in zip(slept.day, slept.sleep_minutes.tolist(), strict=True)
            ]
        },
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _date(day: np.datetime64) -> dict[str, int]:
    year, month, date = str(day).split("-")
    return {"year": int(year), "month": int(month), "day": int(date)}


def _sleep(day: np.datetime64, minutes: int) -> dict[str, Any]:
    """Return a night that ends at 06:45 local time of its wake date, with both offsets."""
    end = day.astype("datetime64[s]") + np.timedelta64(6 * 3600 + 45 * 60, "s")
    start = end - np.timedelta64(60 * (minutes + 30), "s")
    interval: dict[str, str] = {}
    for name, local in (("start", start), ("end", end)):
        utc = to_utc(np.array([local]))[0]
        interval[f"{name}Time"] = f"{utc}Z"
        interval[f"{name}UtcOffset"] = f"{int((local - utc).astype(int))}s"
    return {"sleep": {"interval": interval, "summary": {"minutesAsleep": str(minutes)}}}
