"""Fitbit Web API archive of one user: a zip of JSON answers, as study servers kept them.

Values are text. An unworn day reads as zero steps with 1440 sedentary minutes, and its
resting heart rate is missing. Sleep was fetched at most 100 days at a time.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np

from ehrkit.synthetic.devices.days import MINUTES, WearDays

SLEEP_RANGE = 100
# Zip members need a date; a fixed one keeps archives identical for a seed.
MEMBER_DATE = (2026, 4, 1, 0, 0, 0)


def fitbit_archive(days: WearDays) -> bytes:
    """Return the bytes of the zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in _documents(days).items():
            member = zipfile.ZipInfo(name, MEMBER_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, json.dumps(document, separators=(",", ":")))
    return target.getvalue()


def _documents(days: WearDays) -> dict[str, Any]:
    active = np.minimum(days.recorded_steps // 90, np.maximum(days.worn_minutes - 60, 0))
    lightly, fairly = active * 7 // 10, active * 2 // 10
    very = active - lightly - fairly
    levels = {
        "Sedentary": MINUTES - active,
        "LightlyActive": lightly,
        "FairlyActive": fairly,
        "VeryActive": very,
    }
    documents: dict[str, Any] = {
        "activities-steps.json": _series("activities-steps", days, days.recorded_steps)
    }
    for level, values in levels.items():
        key = f"activities-minutes{level}"
        documents[f"{key}.json"] = _series(key, days, values)
    documents["activities-heart.json"] = {
        "activities-heart": [
            {
                "dateTime": str(day),
                "value": {"heartRateZones": [], **({"restingHeartRate": rate} if rate else {})},
            }
            for day, rate in zip(days.day, days.resting_heart_rate.tolist(), strict=True)
        ]
    }
    for number, start in enumerate(range(0, len(days), SLEEP_RANGE), start=1):
        documents[f"sleep-{number}.json"] = {"sleep": _sleep(days, start)}
    return documents


def _series(key: str, days: WearDays, values: Any) -> dict[str, list[dict[str, str]]]:
    return {
        key: [
            {"dateTime": str(day), "value": str(value)}
            for day, value in zip(days.day, values.tolist(), strict=True)
        ]
    }


def _sleep(days: WearDays, start: int) -> list[dict[str, Any]]:
    """Return sleep logs of one fetched range; dateOfSleep is the day on which the night ended."""
    part = days.take(np.arange(start, min(start + SLEEP_RANGE, len(days))))
    logs = []
    for day, minutes in zip(part.day, part.sleep_minutes.tolist(), strict=True):
        if minutes:
            end = day.astype("datetime64[s]") + np.timedelta64(6 * 3600 + 45 * 60, "s")
            begin = end - np.timedelta64(60 * (minutes + 30), "s")
            logs.append(
                {
                    "dateOfSleep": str(day),
                    "startTime": f"{begin}.000",
                    "endTime": f"{end}.000",
                    "duration": (minutes + 30) * 60_000,
                    "minutesAsleep": minutes,
                    "minutesAwake": 30,
                    "timeInBed": minutes + 30,
                    "isMainSleep": True,
                    "infoCode": 0,
                    "type": "stages",
                }
            )
    return logs
