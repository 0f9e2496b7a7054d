"""When the device was worn, and why not: a reason for every day of every user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ehrkit.synthetic.devices.clock import MINUTES
from ehrkit.synthetic.devices.gear import Fates
from ehrkit.synthetic.devices.wearers import Wearers
from ehrkit.synthetic.rows import Array

# A day worn at least this long catches all steps: the waking day of 14 hours.
WAKING = 840
# Days not worn, for want of charge, in runs: 30 % of all days, which is 41 % of those of the
# forgetful two thirds of wearers and 10 % of the others' (the means of two beta distributions).
# A day off is followed by another with STAY_OFF, so that runs last 2.5 days. Design choice.
FORGETFUL, FORGETS, REMEMBERS, STAY_OFF = 0.65, (8, 11.5), (1.5, 14), 0.6
# Shares of days worn in part, of wearers who take it off at night, of days in hospital without
# it, and of days on which a loan is forgotten. Design choice.
PARTLY_WORN, NIGHT_OFF, OFF_IN_HOSPITAL, LOAN_FORGOTTEN = 0.08, 0.25, 0.7, 0.10
# Minutes of a normal day: mean and standard deviation round the clock, less so many by those
# who take it off at night, least and most on days worn in part. Design choice.
ROUND_THE_CLOCK, BY_NIGHT, PART = (1340, 60), 430, (60, 600)
# Informative non-wear: the odds of leaving the device off double with each halving of the
# day's steps below the wearer's usual level. The direction is that of Tarp 2020
# (10.1186/s12966-020-00945-4); odds and ratio are a design choice.
ODDS_AT_LEVEL, ODDS_PER_HALVING, MOST_HALVINGS = 0.02, 2.0, 3.0
# Steps at night of those who take the device off for it. Design choice, near the -4.3 % of the
# project's wearables reference, 5, column C.
NIGHT_STEPS = 0.04
# Minutes after midnight: of the last sync on the last day; and between which a day's steps are
# taken, evenly. Design choice.
LAST_SYNC, FIRST_STEP, LAST_STEP = (8 * 60, 20 * 60), 7 * 60, 22 * 60


class Reason(IntEnum):
    """Why a day was recorded, or was not; the values index the answer key's words."""

    WORN = 0
    NIGHT = 1
    PARTLY = 2
    INFORMATIVE = 3
    FORGOT_TO_CHARGE = 4
    HOSPITAL = 5
    LAST_SYNC = 6
    DEVICE_LOST = 7
    STOPPED = 8
    NOT_ENROLLED = 9

    @property
    def label(self) -> str:
        """Return the word in the answer key."""
        return self.name.lower().replace("_", "-")


UNWORN = (
    Reason.INFORMATIVE, Reason.FORGOT_TO_CHARGE, Reason.HOSPITAL, Reason.DEVICE_LOST,
    Reason.STOPPED, Reason.NOT_ENROLLED,
)  # fmt: skip


@dataclass(frozen=True)
class Wearing:
    """By user and day: the reason, minutes worn of a normal day, and recorded steps."""

    reason: Array
    minutes: Array
    recorded: Array


def wearing(
    wearers: Wearers,
    fates: Fates,
    day: Array,
    steps: Array,
    level: Array,
    ward: Array,
    rng: np.random.Generator,
) -> Wearing:
    """Return wear of the users' own devices; later reasons below overrule earlier ones."""
    shape = day.shape
    day_only = rng.random(len(day)) < NIGHT_OFF
    reason = np.where(day_only[:, None], int(Reason.NIGHT), int(Reason.WORN)) + np.zeros(shape, int)
    start, end = wearers.device_start()[:, None], wearers.last_day[:, None]
    lost = (day >= fates.lost[:, None]) & ~(day >= fates.back[:, None])
    for name, mask in (
        (Reason.PARTLY, rng.random(shape) < PARTLY_WORN),
        (Reason.INFORMATIVE, rng.random(shape) < _informative(steps, level)),
        (Reason.FORGOT_TO_CHARGE, _forgotten(shape, rng)),
        (Reason.HOSPITAL, ward & (rng.random(shape) < OFF_IN_HOSPITAL)),
        (Reason.LAST_SYNC, day == end),
        (Reason.DEVICE_LOST, lost),
        (Reason.STOPPED, day >= fates.stops[:, None]),
        (Reason.NOT_ENROLLED, day < start),
    ):
        reason[mask] = name
    minutes = _minutes(reason, rng)
    seen = np.where(reason == Reason.LAST_SYNC, _by_then(minutes), np.minimum(minutes / WAKING, 1))
    recorded = np.floor(steps * seen * np.where(reason == Reason.NIGHT, 1 - NIGHT_STEPS, 1))
    return Wearing(reason, minutes, recorded)


def _informative(steps: Array, level: Array) -> Array:
    """Return the probability of leaving the device off on a day with so few steps."""
    halvings = np.clip(np.log2(level[:, None] / np.maximum(steps, 1)), 0, MOST_HALVINGS)
    odds = ODDS_AT_LEVEL * ODDS_PER_HALVING**halvings
    probability: Array = odds / (1 + odds)
    return probability


def _forgotten(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return days without charge, in runs of 2.5 days on average."""
    users, width = shape
    forgetful = rng.random(users) < FORGETFUL
    share = np.where(forgetful, rng.beta(*FORGETS, users), rng.beta(*REMEMBERS, users))
    start = share * (1 - STAY_OFF) / np.maximum(1 - share, 0.05)
    draw = rng.random(shape)
    off = np.zeros(shape, bool)
    off[:, :1] = draw[:, :1] < share[:, None]
    for column in range(1, width):
        off[:, column] = draw[:, column] < np.where(off[:, column - 1], STAY_OFF, start)
    return off


def _minutes(reason: Array, rng: np.random.Generator) -> Array:
    """Return worn minutes of a day of 1440; who takes it off at night wears it by day only."""
    full = np.clip(rng.normal(*ROUND_THE_CLOCK, reason.shape), WAKING, MINUTES)
    part = rng.integers(*PART, reason.shape)
    sync = rng.integers(*LAST_SYNC, reason.shape)
    minutes = np.select(
        [
            np.isin(reason, UNWORN),
            reason == Reason.PARTLY,
            reason == Reason.LAST_SYNC,
            reason == Reason.NIGHT,
        ],
        [0, part, sync, np.clip(full - BY_NIGHT, WAKING, MINUTES)],
        full,
    )
    return np.round(minutes)


def _by_then(minutes: Array) -> Array:
    """Return the share of a day's steps taken up to a minute: none before 07:00, all by 22:00."""
    share: Array = np.clip((minutes - FIRST_STEP) / (LAST_STEP - FIRST_STEP), 0, 1)
    return share


def on_loan(steps: Array, rng: np.random.Generator) -> Wearing:
    """Return wear of loaned devices: on most days, whole days."""
    off = rng.random(len(steps)) < LOAN_FORGOTTEN
    reason = np.where(off, int(Reason.FORGOT_TO_CHARGE), int(Reason.WORN))
    return Wearing(reason, _minutes(reason, rng), np.where(off, 0, steps))
