"""Every day of every device user: what was done, what was recorded, and on which clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.devices.activity import days_in_hospital, true_steps
from ehrkit.synthetic.devices.clock import (
    MINUTES,
    Clock,
    Trips,
    days_since_surgery,
    local_clock,
)
from ehrkit.synthetic.devices.gear import Fates
from ehrkit.synthetic.devices.wearers import APPLE, GOOGLE, NEVER, Wearers
from ehrkit.synthetic.devices.wearing import Reason, on_loan, wearing
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

# Minutes are fetched for these days only: around surgery, or the first four weeks, and where
# local time or the vendor changes. Design choice: whole histories would fill a disk.
AROUND_SURGERY, FIRST_WEEKS, AROUND_CHANGE = (-14, 28), 28, 2
# One day per user was fetched before it was over, with so much of its steps, and again later.
# Days before the end. Design choice.
FETCHED_AGAIN, SENT_SHARE = (15, 40), 0.4
# Minutes in which a day's steps are taken: a day that travel makes longer has more of them.
WAKING_DAY = 960
# Resting heart rate in beats per minute: mean and standard deviation of people, standard deviation
# of days; what surgery adds at first, the days after which a third of it is left, and when it is
# over. It takes so many worn minutes to be measured. Design choice.
RESTING, DAY_TO_DAY, RATE_RISES, RATE_FALLS_IN, RISEN_FOR = (64, 6), 1.4, 6, 20, 60
MEASURED_FROM = 600
# Minutes asleep a night: mean and standard deviation, least and most; minutes awake in bed.
# After surgery sleep is shorter and more broken: minutes lost and minutes more awake in the
# first night, and the days after which a third of both is left. Nights are measured where so
# many minutes were worn. Design choice.
ASLEEP, SHORTEST_NIGHT, LONGEST_NIGHT, AWAKE_IN_BED = (405, 50), 180, 640, 30
SLEEP_LOST, AWAKE_MORE, SLEEPS_AGAIN_IN = 75, 35, 16
NIGHT_WORN_FROM = 1000
# By how much two devices on one wrist differ in resting heart rate: standard deviation in beats
# per minute. Design choice.
DEVICES_DIFFER = 1.0


@dataclass(frozen=True)
class WearDays(Rows):
    """One row per user and local day, by user and day.

    Worn minutes of 0 mean that nothing was worn; `reason` is a Reason. `recorded_steps` are
    those taken while worn, as the vendor's daily total has them; resting heart rate (beats
    per minute), sleep and time awake in bed (minutes, by wake date) are 0 where nothing was
    measured. Offsets and clock changes are those of Clock. `sent_again` days reached the
    archive twice, first in part; `fine` days have minutes where they were asked for.
    """

    user: Array
    day: Array
    vendor: Array
    reason: Array
    in_hospital: Array
    true_steps: Array
    recorded_steps: Array
    worn_minutes: Array
    resting_heart_rate: Array
    sleep_minutes: Array
    awake_minutes: Array
    offset: Array
    saving: Array
    travel: Array
    minutes: Array
    sent_again: Array
    fine: Array

    def clock(self) -> Clock:
        """Return the clock of each day."""
        return Clock(self.offset, self.saving, self.travel, self.minutes)


@dataclass(frozen=True)
class _Drawn(Rows):
    """One row per user and day, before it is put on a clock: minutes are those of 1440."""

    user: Array
    day: Array
    ward: Array
    steps: Array
    since: Array
    reason: Array
    minutes: Array
    recorded: Array
    rate: Array


def wear(truth: Truth, wearers: Wearers, fates: Fates, trips: Trips, streams: Streams) -> WearDays:
    """Return every day of every user; loaned devices follow their wearers' own."""
    rng = streams.of("wear")
    mains = wearers.take(np.flatnonzero(wearers.lender < 0))
    user, day, inside = _grid(mains)
    since, ward = days_since_surgery(truth, mains, day), days_in_hospital(truth, mains, day)
    steps, level = true_steps(truth, mains, day, since, ward, rng)
    worn = wearing(mains, fates, day, steps, level, ward, rng)
    rate = _resting(since, rng)
    drawn = _Drawn(
        user, day[inside], ward[inside], steps[inside], since[inside], worn.reason[inside],
        worn.minutes[inside], worn.recorded[inside], rate[inside],
    )  # fmt: skip
    own = _assemble(wearers, fates, trips, drawn, rng)
    loans = _assemble(wearers, fates, trips, _loans(wearers, own, drawn, rng), rng)
    return WearDays.joined([own, loans])


def _grid(mains: Wearers) -> tuple[Array, Array, Array]:
    """Return user of each observed day, and by user and column the day and whether observed."""
    span = (mains.last_day - mains.first_day).astype(int) + 1
    offset = np.arange(int(span.max(initial=1)))
    inside = offset[None, :] < span[:, None]
    return np.nonzero(inside)[0], mains.first_day[:, None] + offset[None, :], inside


def _resting(since: Array, rng: np.random.Generator) -> Array:
    """Return resting heart rates: a personal level, higher in the weeks after surgery."""
    rate = rng.normal(*RESTING, (len(since), 1)) + rng.normal(0, DAY_TO_DAY, since.shape)
    raised: Array = rate + RATE_RISES * _wanes(since, RATE_FALLS_IN) * (since < RISEN_FOR)
    return raised


def _wanes(since: Array, days: int) -> Array:
    """Return what falls off from 1 after surgery; before it, and without one, 0."""
    share: Array = np.where(since > 0, np.exp(-np.maximum(since, 0) / days), 0)
    return share


def _assemble(
    wearers: Wearers, fates: Fates, trips: Trips, drawn: _Drawn, rng: np.random.Generator
) -> WearDays:
    """Put what was drawn on each wearer's clock, and tell which vendor holds it."""
    user, day, lender = drawn.user, drawn.day, wearers.lender[drawn.user]
    clock = local_clock(trips, np.where(lender >= 0, lender, user), day)
    minutes = np.clip(drawn.minutes * clock.minutes / MINUTES, 0, clock.minutes).astype(np.int64)
    rated = minutes >= MEASURED_FROM
    night = (minutes >= NIGHT_WORN_FROM) & (drawn.reason == Reason.WORN)
    trouble = _wanes(drawn.since, SLEEPS_AGAIN_IN)
    asleep = rng.normal(*ASLEEP, len(day)) - SLEEP_LOST * trouble
    asleep = np.clip(asleep, SHORTEST_NIGHT, LONGEST_NIGHT)
    awake = AWAKE_IN_BED + AWAKE_MORE * trouble
    moved = wearers.moved[user]
    again = wearers.last_day - rng.integers(*FETCHED_AGAIN, len(wearers))
    vendor = np.where(~np.isnat(moved) & (day >= moved), GOOGLE, wearers.vendor[user])
    # A loan repeats days that were stretched before.
    stretch = np.where(lender >= 0, 1.0, np.clip(1 - clock.travel / WAKING_DAY, 0.1, 2))
    second = np.full(len(wearers), NEVER)
    second[: len(fates)] = fates.second_from()
    changes = (clock.saving != 0) | (clock.travel != 0) | (day == moved) | (day == second[user])
    return WearDays(
        user=user,
        day=day,
        vendor=vendor.astype(object),
        reason=drawn.reason.astype(np.int8),
        in_hospital=drawn.ward,
        true_steps=np.floor(drawn.steps * stretch).astype(np.int64),
        recorded_steps=np.floor(drawn.recorded * stretch).astype(np.int64),
        worn_minutes=minutes,
        resting_heart_rate=np.where(rated, np.round(drawn.rate), 0).astype(np.int64),
        sleep_minutes=np.where(night, np.round(asleep), 0).astype(np.int64),
        awake_minutes=np.where(night, np.round(awake), 0).astype(np.int64),
        offset=clock.offset,
        saving=clock.saving,
        travel=clock.travel,
        minutes=clock.minutes,
        sent_again=(day == again[user]) & (minutes > 0) & (vendor != APPLE),
        fine=_fetched_by_minute(wearers, user, day, drawn.since, changes),
    )


def _fetched_by_minute(
    wearers: Wearers, user: Array, day: Array, since: Array, change: Array
) -> Array:
    """Return a mask of the days for which minutes were fetched."""
    near = change.copy()
    for step in range(1, AROUND_CHANGE + 1):
        near[step:] |= change[:-step] & (user[step:] == user[:-step])
        near[:-step] |= change[step:] & (user[step:] == user[:-step])
    age = (day - wearers.first_day[user]).astype(int)
    plain = (wearers.surgery[user] < 0) & (age < FIRST_WEEKS)
    mask: Array = near | plain | ((since >= AROUND_SURGERY[0]) & (since < AROUND_SURGERY[1]))
    return mask


def _loans(wearers: Wearers, own: WearDays, drawn: _Drawn, rng: np.random.Generator) -> _Drawn:
    """Return the days of loaned devices: the wearers' own days, recorded by the loan.

    `own` and `drawn` have the same rows.
    """
    edges = np.searchsorted(own.user, np.arange(len(wearers) + 1))
    picked, users = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for loan in np.flatnonzero(wearers.lender >= 0):
        lender = wearers.lender[loan]
        rows = np.arange(edges[lender], edges[lender + 1])
        day = own.day[rows]
        inside = (day >= wearers.first_day[loan]) & (day <= wearers.last_day[loan])
        picked.append(rows[inside])
        users.append(np.full(int(inside.sum()), loan))
    rows, user = np.concatenate(picked), np.concatenate(users)
    steps = own.true_steps[rows]
    rate = drawn.rate[rows] + rng.normal(0, DEVICES_DIFFER, len(rows))
    worn = on_loan(steps, rng)
    return _Drawn(
        user, own.day[rows], own.in_hospital[rows], steps, drawn.since[rows], worn.reason,
        worn.minutes, worn.recorded, rate,
    )  # fmt: skip
