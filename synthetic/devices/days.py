"""Daily truth of device users: steps that were taken, minutes that the device was worn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.devices.wearers import Wearers
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

MINUTES = 1440
# A day worn at least this long catches all steps: the waking day of 14 hours.
WAKING = 840
# Steps after surgery as a share of the level before it. Stienen 2020 (PMC7080733):
# -71 % in week 1, -37 % in week 2, -23 % in week 4; later points are a design choice.
AFTER_DAYS = (0, 1, 4, 7, 11, 18, 25, 45, 90, 200)
AFTER_SHARE = (0.06, 0.12, 0.29, 0.47, 0.63, 0.71, 0.77, 0.88, 1.0, 1.1)
# Chauhan 2024: decline before surgery in 10 of 14 patients, from 11.8 weeks before.
DECLINE_DAYS, DECLINE_SHARE, DECLINE_TO = 83, 10 / 14, 0.70
# Steps by weekday, Monday first; AR(1) of the logarithm. Design choice.
WEEKDAY = np.array([1.0, 1.02, 1.03, 1.02, 1.06, 1.0, 0.87])
CORRELATION, NOISE = 0.35, 0.28
# Days not worn: many wearers lose about 30 %, in runs; some stop altogether.
STAY_OFF, DROP_OUT, PARTLY_WORN, NIGHT_OFF = 0.6, 0.12, 0.08, 0.25


@dataclass(frozen=True)
class WearDays(Rows):
    """One row per user and day. Worn minutes of 0 mean that the device lay in a drawer.

    `recorded_steps` are those taken while worn; resting heart rate (beats per minute)
    and sleep (minutes, by wake date) are 0 where nothing was measured.
    """

    user: Array
    day: Array
    true_steps: Array
    recorded_steps: Array
    worn_minutes: Array
    resting_heart_rate: Array
    sleep_minutes: Array


def wear(truth: Truth, wearers: Wearers, streams: Streams) -> WearDays:
    """Return every day of every user."""
    rng = streams.of("wear")
    users = len(wearers)
    span = (wearers.last_day - wearers.first_day).astype(int) + 1
    width = int(span.max(initial=1))
    offset = np.arange(width)
    inside = offset[None, :] < span[:, None]
    day = wearers.first_day[:, None] + offset[None, :]
    since = _since_surgery(truth, wearers, day)
    steps = _steps(wearers, day, since, rng)
    worn = np.where(inside, _worn(users, width, since, span, rng), 0)
    seen = np.minimum(worn / WAKING, 1.0)
    recorded = np.floor(steps * seen)
    rate = rng.normal(64, 6, users)[:, None] + rng.normal(0, 1.4, (users, width))
    rate = rate + np.where((since > 0) & (since < 60), 6 * np.exp(-since / 20), 0)
    night = (worn >= 1000) & (rng.random(users) >= NIGHT_OFF)[:, None]
    asleep = np.clip(rng.normal(405, 50, (users, width)), 180, 640)
    user, position = np.nonzero(inside)
    return WearDays(
        user=user,
        day=day[user, position],
        true_steps=steps[user, position].astype(np.int64),
        recorded_steps=recorded[user, position].astype(np.int64),
        worn_minutes=worn[user, position].astype(np.int64),
        resting_heart_rate=np.where(worn >= 600, np.round(rate), 0)[user, position].astype(
            np.int64
        ),
        sleep_minutes=np.where(night, np.round(asleep), 0)[user, position].astype(np.int64),
    )


def _since_surgery(truth: Truth, wearers: Wearers, day: Array) -> Array:
    """Return days since surgery, or a large negative number without one."""
    surgery = wearers.surgery
    if not len(truth.surgeries):
        return np.full(day.shape, -10_000)
    since = (day - truth.surgeries.date[surgery][:, None]).astype(int)
    return np.where((surgery >= 0)[:, None], since, -10_000)


def _steps(wearers: Wearers, day: Array, since: Array, rng: np.random.Generator) -> Array:
    """Return steps: a personal level, weekday, AR(1) noise and the way through surgery."""
    users, width = day.shape
    level = (
        7200 * np.clip(1 - (wearers.age - 45) * 0.011, 0.35, 1.25) * rng.lognormal(0, 0.35, users)
    )
    noise = rng.normal(0, NOISE, (users, width))
    for column in range(1, width):
        noise[:, column] += CORRELATION * noise[:, column - 1]
    declines = rng.random(users) < DECLINE_SHARE
    depth = np.where(declines, DECLINE_TO, 1.0)[:, None]
    before = 1 - (1 - depth) * np.clip((since + DECLINE_DAYS) / DECLINE_DAYS, 0, 1)
    after = depth * np.interp(since, AFTER_DAYS, AFTER_SHARE)
    course = np.where(since <= -10_000, 1.0, np.where(since < 0, before, after))
    # 1970-01-01 was a Thursday.
    weekday = WEEKDAY[(day.astype("datetime64[D]").astype(np.int64) + 3) % 7]
    steps: Array = np.floor(level[:, None] * weekday * course * np.exp(noise))
    return steps


def _worn(users: int, width: int, since: Array, span: Array, rng: np.random.Generator) -> Array:
    """Return worn minutes: days off come in runs, some users stop, few days are partly worn."""
    off_share = np.where(rng.random(users) < 0.65, rng.beta(6, 13, users), rng.beta(1.5, 14, users))
    start_off = off_share * (1 - STAY_OFF) / np.maximum(1 - off_share, 0.05)
    draw = rng.random((users, width))
    off = np.zeros((users, width), bool)
    off[:, 0] = draw[:, 0] < off_share
    for column in range(1, width):
        off[:, column] = draw[:, column] < np.where(off[:, column - 1], STAY_OFF, start_off)
    in_hospital = (since >= 0) & (since <= 2) & (rng.random((users, width)) < 0.7)
    stop = np.where(rng.random(users) < DROP_OUT, rng.uniform(0.4, 1.0, users) * span, width)
    stopped = np.arange(width)[None, :] >= stop[:, None]
    full = np.clip(rng.normal(1340, 60, (users, width)), WAKING, MINUTES)
    day_only = (rng.random(users) < NIGHT_OFF)[:, None]
    full = np.where(day_only, np.clip(full - 430, WAKING, MINUTES), full)
    part = rng.integers(60, 600, (users, width))
    minutes = np.where(rng.random((users, width)) < PARTLY_WORN, part, full)
    return np.where(off | in_hospital | stopped, 0, np.round(minutes))
