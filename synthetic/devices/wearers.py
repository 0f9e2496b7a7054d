"""Who wears a device, of which vendor, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import SPINE_KINDS
from ehrkit.synthetic.devices.opt_in import OptIn, opt_in
from ehrkit.synthetic.division import share
from ehrkit.synthetic.identifiers import scattered
from ehrkit.synthetic.people.households import adult_since
from ehrkit.synthetic.people.people import YEAR, People, make_people
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

GOOGLE, FITBIT, APPLE = "google-health", "fitbit", "apple-health"
VENDOR_SHARES = {GOOGLE: 0.44, FITBIT: 0.48, APPLE: 0.08}
# Apple exports are large; more users than this would fill the folder.
MOST_APPLE = 14
NEVER = np.datetime64("NaT", "D")
FIRST_SURGERY = np.datetime64("2018-06-01")
BEFORE, AFTER, PLAIN_YEAR = 120, 200, 365
SHORTEST = 30
# A third get their device from the study and have no day before they enrol; a fifth of the
# surgical enrol only after surgery, and the time up to then is immortal. Design choice.
STUDY_DEVICE, LATE_ENROLMENT = 0.30, 0.20
# The Fitbit Web API closed in November 2026 (project's wearables reference, 1); most people
# moved to the Google Health API before. When, and how many, is a design choice.
MOVE_SHARE, FIRST_MOVE = 0.8, np.datetime64("2025-02-01")
EARLIEST_MOVE, LATEST_MOVE = 20, 10


@dataclass(frozen=True)
class Wearers(Rows):
    """One row per device user, loaned devices last.

    Attributes:
        person: -1 for people who are no patients.
        identity: the row of the user in the people that profiles are made from: patients
            first, then strangers.
        vendor: the first one; `moved` is the day of the move from Fitbit to Google, or NaT.
        surgery: the row of the surgery to watch, or -1.
        first_day, last_day: of observation; the device may come later and stop earlier.
        enrolled: the day of consent. `study_device` users have no data before it.
        lender: of a loaned device, the row of its wearer's own one; else -1.
    """

    person: Array
    identity: Array
    device_user_id: Array
    vendor: Array
    moved: Array
    surgery: Array
    first_day: Array
    last_day: Array
    enrolled: Array
    study_device: Array
    age: Array
    lender: Array

    def device_start(self) -> Array:
        """Return the first day on which each user had a device."""
        return np.where(self.study_device, self.enrolled, self.first_day)


def choose_wearers(truth: Truth, streams: Streams) -> tuple[Wearers, People, OptIn]:
    """Return the device users, the people (patients, then strangers) behind them, and opt-in."""
    rng = streams.of("wearers")
    surgery = _anchors(truth)
    asked = opt_in(truth, surgery, streams)
    person, strangers = _enrolled(asked, truth.spec, rng)
    size = len(person) + strangers
    everybody = People.joined([truth.people, _strangers(truth, strangers, streams)])
    identity = np.r_[person, len(truth.people) + np.arange(strangers)]
    operated = np.r_[surgery[person], np.full(strangers, -1)]
    first, last, enrolled = _windows(truth, operated, everybody.death[identity], rng)
    study_device = rng.random(size) < STUDY_DEVICE
    vendor = _vendors(size, rng, streams)
    wearers = Wearers(
        person=np.r_[person, np.full(strangers, -1)],
        identity=identity,
        device_user_id=device_user_ids(np.arange(size), streams),
        vendor=vendor,
        moved=_moves(vendor, np.where(study_device, enrolled, first), last, rng),
        surgery=operated,
        first_day=first,
        last_day=last,
        enrolled=enrolled,
        study_device=study_device,
        age=((first - everybody.birth[identity]).astype(int) / YEAR),
        lender=np.full(size, -1),
    )
    long_enough = (last - wearers.device_start()).astype(int) >= SHORTEST
    return wearers.take(np.flatnonzero(long_enough)), everybody, asked


def device_user_ids(places: Array, streams: Streams) -> Array:
    """Return an id for each place in this block; ids of a site differ."""
    offset = int(streams.of_site("device users").integers(2**40))
    numbers = scattered(streams.spread(places), offset, 2**28, 2**32).tolist()
    return np.array([f"u{number:08x}" for number in numbers], dtype=object)


def _anchors(truth: Truth) -> Array:
    """Return the surgery to watch of each person: the first lumbar fusion, or else of the spine."""
    surgeries = truth.surgeries
    anchor = np.full(len(truth.people), -1)
    recent = surgeries.performed & (surgeries.date >= FIRST_SURGERY)
    spine = np.flatnonzero(recent & np.isin(surgeries.kind, SPINE_KINDS))
    later_first = spine[np.lexsort((surgeries.date[spine], surgeries.kind[spine]))][::-1]
    anchor[surgeries.person[later_first]] = later_first
    return anchor


def _enrolled(asked: OptIn, spec: Spec, rng: np.random.Generator) -> tuple[Array, int]:
    """Return the patients who are enrolled, and the number of strangers.

    Where the study is full, surgical patients and others are thinned alike.
    """
    places = int(spec.device_users / (1 + spec.outside_users))
    willing = [asked.person[asked.opted_in & (asked.surgical == kind)] for kind in (True, False)]
    total = sum(map(len, willing))
    surgical = round(min(places, total) * len(willing[0]) / max(total, 1))
    counts = (surgical, min(places, total) - surgical)
    chosen = [rng.permutation(group)[:count] for group, count in zip(willing, counts, strict=True)]
    person = np.sort(np.concatenate(chosen))
    strangers = round(len(person) * spec.outside_users) + 1
    return person, min(strangers, spec.device_users - len(person))


def _strangers(truth: Truth, count: int, streams: Streams) -> People:
    """Return people who never came to this hospital."""
    if not count:
        return truth.people.take(np.arange(0))
    outside = replace(streams, world="strangers ")
    people = make_people(replace(truth.spec, patients=count * 2), outside)
    # Adults, as those whom the study asks.
    grown = people.birth <= adult_since(FIRST_SURGERY)
    return people.take(np.flatnonzero(grown & (people.relative_of < 0) & ~people.test)[:count])


def _windows(
    truth: Truth, surgery: Array, death: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return first day, last day and enrolment, within life and before the extract."""
    size = len(surgery)
    plain = np.datetime64("2021-01-01") + rng.integers(0, 1400, size)
    anchor = truth.surgeries.date[surgery] if len(truth.surgeries) else plain
    before, after = rng.normal(BEFORE, 20, size), rng.normal(AFTER, 30, size)
    early = np.clip(before, 40, 180).astype(int)
    late = np.clip(after, 90, 260).astype(int)
    first = np.where(surgery >= 0, anchor - early, plain)
    last = np.where(surgery >= 0, anchor + late, plain + PLAIN_YEAR * CALENDAR_DAY)
    last = np.where(np.isnat(death), last, np.minimum(last, death - CALENDAR_DAY))
    last = np.minimum(last, EXTRACT)
    is_late = rng.random(size) < LATE_ENROLMENT
    offset = np.where(is_late, rng.integers(1, 46, size), -rng.integers(10, 40, size))
    enrolled = np.where(surgery >= 0, anchor + offset, plain + rng.integers(0, 30, size))
    return first, last, np.minimum(enrolled, last)


def _vendors(size: int, rng: np.random.Generator, streams: Streams) -> Array:
    vendor = rng.choice(np.array(list(VENDOR_SHARES), object), size, p=list(VENDOR_SHARES.values()))
    apple = np.flatnonzero(vendor == APPLE)
    vendor[apple[share(MOST_APPLE, streams.block, streams.blocks) :]] = GOOGLE
    return vendor


def _moves(vendor: Array, first: Array, last: Array, rng: np.random.Generator) -> Array:
    """Return the day on which a Fitbit user's data moved to the new interface, or NaT."""
    start = np.maximum(first + EARLIEST_MOVE * CALENDAR_DAY, FIRST_MOVE)
    room = (last - start).astype(int) - LATEST_MOVE
    day = start + (rng.random(len(first)) * np.maximum(room, 0)).astype(int)
    moves = (vendor == FITBIT) & (room > 0) & (rng.random(len(first)) < MOVE_SHARE)
    return np.where(moves, day, NEVER)
