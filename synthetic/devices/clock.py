"""Local time of device users: daylight saving, travel, and how many minutes each day has.

Home is US Eastern time. Clocks change at 02:00 on the second Sunday of March and the first of
November (15 USC 260a). Travellers change zone inside one local day: at 08:00 where clocks go
forward, at 18:00 where they go back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.clock import utc_offset
from ehrkit.synthetic.devices.wearers import NEVER, Wearers
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

MINUTES = 1440
CLOCKS_CHANGE = 120
FORWARD_AT, BACK_AT = 8 * 60, 18 * 60
# Zone, minutes ahead of home or of UTC, and which of the two: three US zones keep the same
# daylight saving as home, the others have none.
ZONES = (
    ("America/Chicago", -60, True), ("America/Denver", -120, True),
    ("America/Los_Angeles", -180, True), ("America/Phoenix", -420, False),
    ("Pacific/Honolulu", -600, False), ("Asia/Kolkata", 330, False), ("Asia/Tokyo", 540, False),
)  # fmt: skip
ZONE_SHARES = (0.25, 0.12, 0.28, 0.10, 0.08, 0.10, 0.07)
# Design choice: a week away for about a third, not soon before or after surgery.
TRAVELS, AWAY = 0.40, 7
TOO_NEAR = (-21, 42)


@dataclass(frozen=True)
class Trips(Rows):
    """One row per device user: days of leaving and coming back, and the zone.

    Days are NaT and `zone`, a place in ZONES, is -1 for those who stay at home.
    """

    leaves: Array
    returns: Array
    zone: Array


@dataclass(frozen=True)
class Clock(Rows):
    """One row per user and local day.

    `offset` is in minutes ahead of UTC at the day's first minute; `saving` and `travel` are
    the minutes by which clocks jump during the day; `minutes` is the length of the day.
    """

    offset: Array
    saving: Array
    travel: Array
    minutes: Array


def plan_trips(truth: Truth, wearers: Wearers, streams: Streams) -> Trips:
    """Return at most one trip per user."""
    rng = streams.of("trips")
    size = len(wearers)
    room = np.maximum((wearers.last_day - wearers.first_day).astype(int) - AWAY - 15, 1)
    leaves = wearers.first_day + 7 * CALENDAR_DAY + (rng.random(size) * room).astype(int)
    since = days_since_surgery(truth, wearers, leaves)
    near = (since > TOO_NEAR[0]) & (since < TOO_NEAR[1])
    goes = (rng.random(size) < TRAVELS) & ~near
    leaves = np.where(goes, leaves, NEVER)
    zone = rng.choice(len(ZONES), size, p=ZONE_SHARES)
    return Trips(leaves, leaves + AWAY * CALENDAR_DAY, np.where(goes, zone, -1))


def days_since_surgery(truth: Truth, wearers: Wearers, day: Array) -> Array:
    """Return days since surgery per user (and column), a large negative number without one."""
    if not len(truth.surgeries):
        return np.full(day.shape, -10_000)
    shape = (-1,) + (1,) * (day.ndim - 1)
    since = (day - truth.surgeries.date[wearers.surgery].reshape(shape)).astype(int)
    return np.where((wearers.surgery >= 0).reshape(shape), since, -10_000)


def local_clock(trips: Trips, user: Array, day: Array) -> Clock:
    """Return the clock of each pair of user and local day."""
    own = trips.take(user)
    opens, closes = _first_offset(own, day), _first_offset(own, day + CALENDAR_DAY)
    # Clocks change at night, where the day began.
    saving = utc_offset(day + CALENDAR_DAY) - utc_offset(day)
    saving = np.where(_away(own, day) & ~_same_saving(own.zone), 0, saving)
    return Clock(opens, saving, closes - opens - saving, MINUTES + opens - closes)


def _away(own: Trips, day: Array) -> Array:
    """Tell whether the day's first minute is spent in the other zone."""
    mask: Array = (day > own.leaves) & (day <= own.returns)
    return mask


def _same_saving(zone: Array) -> Array:
    mask: Array = np.array([relative for *_, relative in ZONES])[zone]
    return mask


def _first_offset(own: Trips, day: Array) -> Array:
    home = utc_offset(day)
    ahead = np.array([minutes for _, minutes, _ in ZONES])[own.zone]
    there = np.where(_same_saving(own.zone), home + ahead, ahead)
    return np.where(_away(own, day), there, home)


def offset_at(clock: Clock, minute: Array) -> Array:
    """Return the offset in force at a minute of each day, counted from its first."""
    change = np.where(clock.travel > 0, FORWARD_AT, BACK_AT) - clock.saving
    return (
        clock.offset
        + np.where(minute >= CLOCKS_CHANGE, clock.saving, 0)
        + np.where(minute >= change, clock.travel, 0)
    )


def opening(day: Array, clock: Clock) -> Array:
    """Return the UTC instant at which each local day opens, in seconds."""
    return day.astype("datetime64[s]") - clock.offset * np.timedelta64(60, "s")
