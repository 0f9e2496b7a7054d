"""The device users of one block of patients, with all that is true of them."""

from __future__ import annotations

from dataclasses import dataclass

from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.devices.clock import Trips, plan_trips
from ehrkit.synthetic.devices.days import WearDays, wear
from ehrkit.synthetic.devices.gear import Devices, draw_fates, lend, list_devices
from ehrkit.synthetic.devices.opt_in import OptIn
from ehrkit.synthetic.devices.wearers import Wearers, choose_wearers
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.streams import Streams


@dataclass(frozen=True)
class Cohort:
    """Device users and their days.

    Attributes:
        everybody: patients, then people who never came to this hospital.
        asked: the patients who could opt in.
        trips: one row per user whose device is not on loan.
        by_minute: minutes were asked for.
    """

    everybody: People
    asked: OptIn
    wearers: Wearers
    trips: Trips
    devices: Devices
    days: WearDays
    by_minute: bool


def draw_cohort(truth: Truth, streams: Streams) -> Cohort:
    """Draw who wears what, and every day of it."""
    wearers, everybody, asked = choose_wearers(truth, streams)
    fates, trips = draw_fates(wearers, streams), plan_trips(truth, wearers, streams)
    everyone = lend(wearers, fates, streams)
    days = wear(truth, everyone, fates, trips, streams)
    devices = list_devices(everyone, fates)
    return Cohort(everybody, asked, everyone, trips, devices, days, truth.spec.minutes)
