"""The devices themselves: own or from the study, upgraded, lost, replaced, on loan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.devices.wearers import (
    APPLE,
    FITBIT,
    GOOGLE,
    NEVER,
    Wearers,
    device_user_ids,
)
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

# Design choice: how many lose the device, of whom so many get another, of whom so many get a
# loan until it comes; how many change to a newer one, and wear both for some days; how many
# stop wearing theirs altogether, and where in their days that and a loss or change may fall.
LOST, REPLACED, LENT, UPGRADED = 0.05, 0.6, 0.6, 0.08
WAIT, LONGEST_WAIT, MOST_OVERLAP = 6, 25, 4
# Nobody is sent a device who will not wear it for two weeks.
SETTLED = np.timedelta64(14, "D")
DROP_OUT, STOP_BETWEEN, EVENT_BETWEEN = 0.12, (0.4, 0.98), (0.15, 0.7)
# Models with the year in which the vendor announced and first sold them (general knowledge), in
# order. Nobody has one before the year after; two of each vendor are older than all wearers'
# days, so that there is a newer one to change to.
MODELS = {
    GOOGLE: (("Fitbit Alta", 2016), ("Fitbit Charge 2", 2016), ("Fitbit Charge 5", 2021),
             ("Pixel Watch 3", 2024)),
    FITBIT: (("Charge HR", 2015), ("Charge 2", 2016), ("Charge 4", 2020), ("Charge 6", 2023)),
    APPLE: (("Apple Watch", 2015), ("Apple Watch Series 2", 2016),
            ("Apple Watch Series 6", 2020), ("Apple Watch Series 9", 2023)),
}  # fmt: skip


@dataclass(frozen=True)
class Fates(Rows):
    """One row per device user; days are NaT where nothing of the kind happened.

    `lost` is the first day without the device, `back` the first with its successor.
    From `upgraded` to `overlap_end` two devices were worn, and then the new one alone.
    `stops` is the first day of having stopped: nobody loses, changes or gets a device after it.
    """

    lost: Array
    back: Array
    upgraded: Array
    overlap_end: Array
    stops: Array

    def second_from(self) -> Array:
        """Return the first day of the second device of each user, or NaT."""
        return np.where(np.isnat(self.back), self.upgraded, self.back)


@dataclass(frozen=True)
class Devices(Rows):
    """One row per device: its user, model, reason for having it, and days of use."""

    user: Array
    model: Array
    origin: Array
    first_day: Array
    last_day: Array


def draw_fates(wearers: Wearers, streams: Streams) -> Fates:
    """Draw what happens to the device of each user; nobody has two such events."""
    rng = streams.of("gear")
    size = len(wearers)
    start = wearers.device_start()
    span = (wearers.last_day - start).astype(int)
    event = start + (span * rng.uniform(*EVENT_BETWEEN, size)).astype(int)
    stop = start + (span * rng.uniform(*STOP_BETWEEN, size)).astype(int)
    stops = np.where(rng.random(size) < DROP_OUT, stop, NEVER)
    overlap_end = event + rng.integers(1, MOST_OVERLAP, size)
    draw = np.where(stops <= overlap_end, 1.0, rng.random(size))
    lost = np.where(draw < LOST, event, NEVER)
    back = lost + rng.integers(WAIT, LONGEST_WAIT, size)
    wears_on = (np.isnat(stops) | (stops > back + SETTLED)) & (back + SETTLED < wearers.last_day)
    back = np.where(wears_on & (rng.random(size) < REPLACED), back, NEVER)
    changes = (draw >= LOST) & (draw < LOST + UPGRADED)
    upgraded, overlap_end = (np.where(changes, day, NEVER) for day in (event, overlap_end))
    return Fates(lost, back, upgraded, overlap_end, stops)


def lend(wearers: Wearers, fates: Fates, streams: Streams) -> Wearers:
    """Add the accounts of loaned devices: some days after a loss until days after the return.

    Only those who had enrolled before the loss, and go on wearing, are lent one. A loan has a
    device user id of its own; for its last two days both devices are worn.
    """
    rng = streams.of("loans")
    waits = ~np.isnat(fates.back) & ~(fates.lost < wearers.enrolled) & (wearers.vendor != APPLE)
    lent = np.flatnonzero(waits & (rng.random(len(wearers)) < LENT))
    own = wearers.take(lent)
    moved = ~np.isnat(own.moved) & (own.moved <= fates.lost[lent])
    loans = replace(
        own,
        device_user_id=device_user_ids(2 * len(wearers) + 50 + lent, streams),
        vendor=np.where(moved, GOOGLE, own.vendor).astype(object),
        moved=np.full(len(lent), NEVER),
        first_day=fates.lost[lent] + rng.integers(1, 4, len(lent)),
        last_day=fates.back[lent] + CALENDAR_DAY,
        study_device=np.zeros(len(lent), bool),
        lender=lent,
    )
    return Wearers.joined([wearers, loans])


def list_devices(wearers: Wearers, fates: Fates) -> Devices:
    """Return each device of each user; a day of change belongs to both where both were worn."""
    loan = wearers.lender >= 0
    mains = np.flatnonzero(~loan)
    second = mains[~np.isnat(fates.second_from())]
    retired = np.where(np.isnat(fates.lost), fates.overlap_end, fates.lost - CALENDAR_DAY)
    last = wearers.last_day.copy()
    last[mains] = np.where(np.isnat(retired), last[mains], retired)
    user = np.r_[np.arange(len(wearers)), second]
    origin = np.select([loan, wearers.study_device], ["loan", "study"], "own")
    change = np.where(np.isnat(fates.back[second]), "upgrade", "replacement")
    first = np.r_[wearers.device_start(), fates.second_from()[second]]
    last = np.r_[last, wearers.last_day[second]]
    model = _models(wearers.vendor, first, second)
    return Devices(user, model, np.r_[origin, change].astype(object), first, last)


def _models(vendor: Array, first_day: Array, second: Array) -> Array:
    """Return the newest model on sale at the first day of each device.

    Devices are the first of each user, then those of the users named by `second`, who had an
    older model before.
    """
    vendor = np.r_[vendor, vendor[second]]
    year = first_day.astype("datetime64[Y]").astype(int) + 1970
    newest = np.zeros(len(vendor), int)
    for name, models in MODELS.items():
        sold = [since for _, since in models]
        newest[vendor == name] = np.searchsorted(sold, year[vendor == name]) - 1
    newest[second] = np.minimum(newest[second], newest[len(vendor) - len(second) :] - 1)
    names = [MODELS[name][place][0] for name, place in zip(vendor, newest, strict=True)]
    return np.array(names, dtype=object)
