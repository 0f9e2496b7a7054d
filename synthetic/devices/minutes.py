"""Steps and heart rate minute by minute, consistent with what the day says.

Minutes of a local day sum to its true and recorded steps exactly, and its worn minutes are
one stretch: a device comes off once a day, to be charged, for the night, or for good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic.devices.clock import MINUTES, offset_at, opening
from ehrkit.synthetic.devices.days import WearDays
from ehrkit.synthetic.devices.wearing import Reason
from ehrkit.synthetic.rows import Array, Rows

# Share of steps by hour of the wearer's wall clock, midnight first; steps in a walking minute;
# heart beats above rest while walking briskly, below it while asleep. Design choice.
BY_HOUR = np.array(
    [0.4, 0.2, 0.2, 0.2, 0.3, 0.7, 2, 4, 6, 8, 7, 7, 9, 8, 7, 8, 9, 9, 7, 5, 4, 3, 1.5, 0.7]
)
WALKING, RATE_WALKING, RATE_ASLEEP, HALF_RATE = 45, 55, -6, 60
TRACE, MOST_WALKING = 1e-3, 600
# Steps a minute of brisk walking (general knowledge): more than that, on average, nobody walks.
BRISK = 110
# Minutes of the wall clock at which everybody wakes and goes to bed.
WAKES, TO_BED = 6 * 60 + 45, 23 * 60
MORNING, EVENING = 450, 1140
NIGHT_BEFORE_MIDNIGHT = 0.2
MINUTE = np.timedelta64(60, "s")


@dataclass(frozen=True)
class WearMinutes(Rows):
    """One row per minute of the days that were fetched, in order.

    `place` is the row of the day, `start` the UTC instant in seconds, `local` the wall clock,
    `offset` minutes ahead of UTC; `rate` is 0 where the device was off.
    """

    place: Array
    start: Array
    local: Array
    offset: Array
    true_steps: Array
    recorded_steps: Array
    worn: Array
    rate: Array


@dataclass(frozen=True)
class Fetched:
    """Days of one user with all their minutes."""

    days: WearDays
    minutes: WearMinutes

    def where(self, mask: Array) -> Fetched:
        """Return the days where the mask is true, with their minutes."""
        kept = self.minutes.take(mask[self.minutes.place])
        return Fetched(self.days.take(mask), replace(kept, place=(np.cumsum(mask) - 1)[kept.place]))


def unfold(days: WearDays, rng: np.random.Generator) -> Fetched:
    """Return the days given, which belong to one user, with their minutes."""
    length = days.minutes
    place = np.repeat(np.arange(len(days)), length)
    begin = np.cumsum(length) - length
    minute = np.arange(len(place)) - begin[place]
    offset = offset_at(days.clock().take(place), minute)
    start = opening(days.day, days.clock())[place] + minute * MINUTE
    local = start + offset * MINUTE
    worn = _worn(days, place, minute, rng)
    wall = (local - local.astype("datetime64[D]")).astype(np.int64) // 60
    steps = _steps(days, place, worn, wall, rng)
    rate = _rates(days, place, wall, steps, rng)
    recorded, beats = np.where(worn, steps, 0), np.where(worn, rate, 0)
    minutes = WearMinutes(place, start, local, offset, steps, recorded, worn, beats)
    return Fetched(days, minutes)


def _worn(days: WearDays, place: Array, minute: Array, rng: np.random.Generator) -> Array:
    """Return a mask: the device is off from one minute of the day on, round the clock."""
    length = days.minutes
    off = length - days.worn_minutes
    evening = EVENING * length // MINUTES + rng.integers(-60, 60, len(days))
    from_ = np.where(days.reason == Reason.WORN, evening, taken_off(days))
    mask: Array = (minute - from_[place]) % length[place] >= off[place]
    return mask


def taken_off(days: WearDays) -> Array:
    """Return the minute of each worn day at which the last wear ends.

    Who wears it round the clock charges it in the evening and has it on again at midnight.
    """
    length = days.minutes
    off = length - days.worn_minutes
    by_reason = [
        (Reason.NIGHT, length - np.round(off * NIGHT_BEFORE_MIDNIGHT).astype(np.int64)),
        (Reason.PARTLY, MORNING * length // MINUTES + days.worn_minutes),
        (Reason.LAST_SYNC, days.worn_minutes),
    ]
    minute: Array = np.select(
        [days.reason == reason for reason, _ in by_reason], [at for _, at in by_reason], length
    )
    return minute


def _steps(
    days: WearDays, place: Array, worn: Array, wall: Array, rng: np.random.Generator
) -> Array:
    """Split recorded steps over worn minutes, and the others over the rest of the day.

    Most minutes are still; a walking one takes about 45 steps.
    """
    part = 2 * place + worn
    totals = np.stack([days.true_steps - days.recorded_steps, days.recorded_steps], 1).ravel()
    share = (BY_HOUR / BY_HOUR.sum() / 60)[wall // 60]
    usual = np.bincount(part, share, len(totals))
    walks = np.minimum(totals / WALKING / np.maximum(usual, TRACE), MOST_WALKING)[part] * share
    active = rng.random(len(place)) < walks
    # A trace everywhere, so that steps find a minute even where nobody was to walk; where
    # too few minutes were to be walked, no single one takes them all.
    weight = active * rng.gamma(4, 0.25, len(place)) + TRACE * share
    crowded = np.bincount(part, active, len(totals)) * BRISK < totals
    weight = np.where(crowded[part], share, weight)
    steps = np.zeros(len(place), np.int64)
    for rows in (np.flatnonzero(worn), np.flatnonzero(~worn)):
        steps[rows] = _shares(part[rows], weight[rows], totals)
    return steps


def _shares(part: Array, weight: Array, totals: Array) -> Array:
    """Split the total of each part over its rows by weight, in whole numbers that add up."""
    if not len(part):
        return np.zeros(0, np.int64)
    per_part = np.bincount(part, weight, len(totals))
    before = np.cumsum(per_part) - per_part
    share = (np.cumsum(weight) - before[part]) / per_part[part]
    done = np.clip(np.floor(share * totals[part] + 1e-6).astype(np.int64), 0, totals[part])
    done[np.diff(part, append=-1) != 0] = totals[part[np.diff(part, append=-1) != 0]]
    first = np.diff(part, prepend=-1) != 0
    counts: Array = np.where(first, done, np.diff(done, prepend=0))
    return counts


def _rates(
    days: WearDays, place: Array, wall: Array, steps: Array, rng: np.random.Generator
) -> Array:
    """Return heart rates that follow the steps of the last minutes around the resting rate."""
    usual = days.resting_heart_rate[days.resting_heart_rate > 0]
    rest = np.where(
        days.resting_heart_rate > 0,
        days.resting_heart_rate,
        usual.mean() if len(usual) else 65,
    )[place]
    pace = np.convolve(steps, [0.4, 0.35, 0.25])[: len(steps)] if len(steps) else steps
    moving = RATE_WALKING * (1 - np.exp(-pace / HALF_RATE))
    asleep = np.where((wall < WAKES) | (wall >= TO_BED), RATE_ASLEEP, 6)
    noise = rng.normal(0, 2.5, len(place))
    rates: Array = np.round(np.clip(rest + moving + asleep + noise, 38, 190)).astype(np.int64)
    return rates
