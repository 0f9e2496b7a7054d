"""Fitbit Web API archive of one user: a zip of JSON answers, as study servers kept them.

Values are text. An unworn day reads as zero steps with 1440 sedentary minutes, and its
resting heart rate is missing. Sleep was fetched at most 100 days at a time. Times are the
wearer's wall clock, without an offset.
"""

from __future__ import annotations

import zlib

import numpy as np

from ehrkit.synthetic.devices.clock import MINUTES
from ehrkit.synthetic.devices.days import SENT_SHARE, WearDays
from ehrkit.synthetic.devices.gear import Devices
from ehrkit.synthetic.devices.intraday import intraday_members
from ehrkit.synthetic.devices.minutes import MINUTE, WAKES, Fetched, taken_off
from ehrkit.synthetic.devices.packing import zipped
from ehrkit.synthetic.devices.wording import iso, iso_dates
from ehrkit.synthetic.rows import Array

SLEEP_RANGE = 100
# Steps that make a minute count as active. Design choice.
PER_ACTIVE_MINUTE = 90
EARLIER = 30
MOVED_AT = 0.5


def fitbit_archive(
    days: WearDays,
    devices: Devices,
    moved: np.datetime64,
    fetched: Fetched | None,
    rng: np.random.Generator,
) -> bytes:
    """Return the bytes of the zip; `moved` is the day on which the data moved away, or NaT.

    That day was fetched at noon, so it holds half of its steps.
    """
    steps = np.where(days.day == moved, days.recorded_steps * MOVED_AT, days.recorded_steps)
    counted = steps.astype(np.int64)
    dates = iso_dates(days.day)
    members = {"activities-steps.json": _series("activities-steps", dates, counted)}
    for row in np.flatnonzero(days.sent_again).tolist():
        part = counted[max(row - EARLIER, 0) : row + 1].copy()
        part[-1] *= SENT_SHARE
        name = "activities-steps-fetched-earlier.json"
        members[name] = _series("activities-steps", dates[max(row - EARLIER, 0) : row + 1], part)
    for level, values in _levels(days, counted).items():
        key = f"activities-minutes{level}"
        members[f"{key}.json"] = _series(key, dates, values)
    members["activities-heart.json"] = _resting(dates, days.resting_heart_rate.tolist())
    for number, start in enumerate(range(0, len(days), SLEEP_RANGE), start=1):
        part_of = days.take(slice(start, start + SLEEP_RANGE))
        members[f"sleep-{number}.json"] = _sleep(part_of)
    members["devices.json"] = _devices(days, devices)
    if fetched is not None:
        members |= intraday_members(fetched, counted[days.fine], rng)
    return zipped(members)


def _levels(days: WearDays, steps: Array) -> dict[str, Array]:
    """Return minutes by level of activity, which add up to 1440 on worn and unworn days."""
    most = np.maximum(days.worn_minutes - 60, 1)
    active = np.minimum(-(-steps // PER_ACTIVE_MINUTE), most)
    lightly, fairly = active * 7 // 10, active * 2 // 10
    very = active - lightly - fairly
    return {
        "Sedentary": MINUTES - active,
        "LightlyActive": lightly,
        "FairlyActive": fairly,
        "VeryActive": very,
    }


def _series(key: str, dates: list[str], values: Array) -> str:
    rows = [
        f'{{"dateTime":"{date}","value":"{value}"}}'
        for date, value in zip(dates, values.tolist(), strict=True)
    ]
    return f'{{"{key}":[{",".join(rows)}]}}'


def _resting(dates: list[str], rates: list[int]) -> str:
    rows = [
        f'{{"dateTime":"{date}","value":{{"heartRateZones":[]'
        + (f',"restingHeartRate":{rate}}}}}' if rate else "}}")
        for date, rate in zip(dates, rates, strict=True)
    ]
    return f'{{"activities-heart":[{",".join(rows)}]}}'


def _sleep(days: WearDays) -> str:
    """Return sleep logs of one fetched range; dateOfSleep is the day on which the night ended."""
    slept = days.take(days.sleep_minutes > 0)
    in_bed = slept.sleep_minutes + slept.awake_minutes
    end = slept.day.astype("datetime64[s]") + WAKES * MINUTE
    start = end - (in_bed + slept.saving) * MINUTE
    rows = [
        f'{{"dateOfSleep":"{day}","startTime":"{a}.000","endTime":"{b}.000",'
        f'"duration":{bed * 60_000},"minutesAsleep":{n},"minutesAwake":{bed - n},'
        f'"timeInBed":{bed},"isMainSleep":true,"infoCode":0,"type":"stages"}}'
        for day, a, b, n, bed in zip(
            iso_dates(slept.day),
            iso(start),
            iso(end),
            slept.sleep_minutes.tolist(),
            in_bed.tolist(),
            strict=True,
        )
    ]
    return f'{{"sleep":[{",".join(rows)}]}}'


def _devices(days: WearDays, devices: Devices) -> str:
    """Return the devices with the time of their last sync: the last that they were worn."""
    rows = []
    until = np.minimum(taken_off(days), MINUTES - 1)
    for first, last, model in zip(devices.first_day, devices.last_day, devices.model, strict=True):
        worn = np.flatnonzero((days.worn_minutes > 0) & (days.day >= first) & (days.day <= last))
        if len(worn):
            final = worn[-1]
            sync = days.day[final].astype("datetime64[s]") + int(until[final]) * MINUTE
            number = zlib.crc32(f"{model} {first}".encode())
            rows.append(
                f'{{"id":"{number}","deviceVersion":"{model}","type":"TRACKER",'
                f'"battery":"Medium","lastSyncTime":"{sync}.000"}}'
            )
    return f"[{','.join(rows)}]"
