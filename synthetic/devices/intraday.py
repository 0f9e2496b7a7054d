"""Fitbit's intraday answers: one day each, by time of day, without date or offset in the rows.

A day always has 1440 rows up to the last sync, whatever the clocks did: an hour that came
twice is one row per minute with both counts, an hour that never was is zeros. Unworn minutes
are zeros too, and have no heart rate.
"""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.devices.clock import MINUTES
from ehrkit.synthetic.devices.minutes import Fetched
from ehrkit.synthetic.devices.wearing import Reason
from ehrkit.synthetic.devices.wording import iso_dates
from ehrkit.synthetic.rows import Array

TIMES = [f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(MINUTES)]
# Minutes summed to the daily total on 84 % of days in real exports, and were some 0.4 % off on
# the others (project's wearables reference, 3.5): here a minute or two is lost on 16 % of days.
DRIFTS, LOST_STEPS = 0.16, 0.004


def intraday_members(fetched: Fetched, counted: Array, rng: np.random.Generator) -> dict[str, str]:
    """Return two JSON documents per day; `counted` are the daily totals.

    A total below what was recorded means that the day was fetched before it was over.
    """
    days, minutes = fetched.days, fetched.minutes
    members = {}
    wall = (minutes.local - minutes.local.astype("datetime64[D]")).astype(np.int64) // 60
    edges = np.searchsorted(minutes.place, np.arange(len(days) + 1)).tolist()
    drifts = rng.random(len(days)) < DRIFTS
    for row, date in enumerate(iso_dates(days.day)):
        part = slice(edges[row], edges[row + 1])
        worn = minutes.worn[part]
        steps = np.bincount(wall[part], minutes.recorded_steps[part], MINUTES).astype(np.int64)
        rates = np.zeros(MINUTES, np.int64)
        rates[wall[part][worn]] = minutes.rate[part][worn]
        total, end = int(counted[row]), MINUTES
        if days.reason[row] == Reason.LAST_SYNC:
            end = int(wall[part][worn].max()) + 1
        elif total < days.recorded_steps[row]:
            end = int(np.searchsorted(np.cumsum(steps), total)) + 1
        kept = _until(steps, int(total * (1 - LOST_STEPS)) if drifts[row] else total)
        members[f"intraday/steps-{date}.json"] = _steps(date, total, kept[:end])
        members[f"intraday/heart-{date}.json"] = _rates(date, rates[:end])
    return members


def _until(steps: Array, total: int) -> Array:
    """Return the steps of the day up to a total; later ones are dropped."""
    reached = np.minimum(np.cumsum(steps), total)
    return np.diff(reached, prepend=0)


def _steps(date: str, total: int, steps: Array) -> str:
    rows = _rows(TIMES[: len(steps)], steps.tolist())
    return (
        f'{{"activities-steps":[{{"dateTime":"{date}","value":"{total}"}}],'
        f'"activities-steps-intraday":{rows}}}'
    )


def _rates(date: str, rates: Array) -> str:
    worn = np.flatnonzero(rates).tolist()
    rows = _rows([TIMES[minute] for minute in worn], rates[worn].tolist())
    return (
        f'{{"activities-heart":[{{"dateTime":"{date}","value":{{"heartRateZones":[]}}}}],'
        f'"activities-heart-intraday":{rows}}}'
    )


def _rows(times: list[str], values: list[int]) -> str:
    dataset = ",".join(
        [f'{{"time":"{t}","value":{v}}}' for t, v in zip(times, values, strict=True)]
    )
    return f'{{"dataset":[{dataset}],"datasetInterval":1,"datasetType":"minute"}}'
