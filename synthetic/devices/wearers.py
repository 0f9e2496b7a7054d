"""Who wears a device, which one, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic.blocks import share
from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import SPINE_KINDS
from ehrkit.synthetic.identifiers import scattered
from ehrkit.synthetic.people.people import YEAR, People, make_people
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

GOOGLE, FITBIT, APPLE = "google-health", "fitbit", "apple-health"
VENDOR_SHARES = {GOOGLE: 0.44, FITBIT: 0.48, APPLE: 0.08}
# Apple exports are large; more users than this would fill the folder.
MOST_APPLE = 14
FIRST_SURGERY = np.datetime64("2018-06-01")
BEFORE, AFTER, PLAIN_YEAR = 120, 200, 365
# Opt-in falls by this factor per 20 years of age.
AGE_BIAS = 0.62


@dataclass(frozen=True)
class Wearers(Rows):
    """One row per device user. `person` is -1 for people who are no patients.

    `identity` is the row of the user in the people that profiles are made from:
    patients first, then strangers. `surgery` is -1 without spine surgery.
    """

    person: Array
    identity: Array
    device_user_id: Array
    vendor: Array
    surgery: Array
    first_day: Array
    last_day: Array
    age: Array


def choose_wearers(truth: Truth, streams: Streams) -> tuple[Wearers, People]:
    """Return the device users, and the people (patients, then strangers) behind them."""
    rng = streams.of("wearers")
    surgery = _anchors(truth)
    people = truth.people
    anchor = np.where(
        surgery >= 0,
        truth.surgeries.date[surgery] if len(truth.surgeries) else np.datetime64("NaT", "D"),
        np.datetime64("2022-06-01"),
    )
    age = (anchor.astype("datetime64[D]") - people.birth).astype(int) / YEAR
    person = np.flatnonzero(_opted_in(truth, surgery, age, rng))
    person = np.sort(rng.permutation(person)[: truth.spec.device_users])
    strangers = round(len(person) * truth.spec.outside_users) + 1
    others = _strangers(truth.spec, strangers, streams)
    size = len(person) + strangers
    everybody = People.joined([people, others])
    identity = np.r_[person, len(people) + np.arange(strangers)]
    operated = np.r_[surgery[person], np.full(strangers, -1)]
    first, last = _windows(truth, operated, identity, everybody, rng)
    offset = int(streams.of_site("device users").integers(2**40))
    numbers = scattered(streams.spread(np.arange(size)), offset, 2**28, 2**32).tolist()
    wearers = Wearers(
        person=np.r_[person, np.full(strangers, -1)],
        identity=identity,
        device_user_id=np.array([f"u{number:08x}" for number in numbers], dtype=object),
        vendor=_vendors(size, rng, streams),
        surgery=operated,
        first_day=first,
        last_day=last,
        age=((first - everybody.birth[identity]).astype(int) / YEAR),
    )
    return wearers.take(np.flatnonzero((last - first).astype(int) >= 30)), everybody


def _anchors(truth: Truth) -> Array:
    """Return the surgery to watch of each person: the first lumbar fusion, or else of the spine."""
    surgeries = truth.surgeries
    anchor = np.full(len(truth.people), -1)
    recent = surgeries.performed & (surgeries.date >= FIRST_SURGERY)
    spine = np.flatnonzero(recent & np.isin(surgeries.kind, SPINE_KINDS))
    later_first = spine[np.lexsort((surgeries.date[spine], surgeries.kind[spine]))][::-1]
    anchor[surgeries.person[later_first]] = later_first
    return anchor


def _opted_in(truth: Truth, surgery: Array, age: Array, rng: np.random.Generator) -> Array:
    """Return a mask; the young opt in more often, children and the dead do not."""
    spec = truth.spec
    spine = surgery >= 0
    share = np.where(spine, spec.spine_opt_in, spec.other_opt_in)
    bias = AGE_BIAS ** ((age - 55) / 20)
    for group in (spine, ~spine):
        if group.any():
            bias[group] /= bias[group].mean()
    possible = (age >= 18) & ~truth.people.test & (spine | np.isnat(truth.people.death))
    mask: Array = possible & (rng.random(len(age)) < share * bias)
    return mask


def _strangers(spec: Spec, count: int, streams: Streams) -> People:
    """Return people who never came to this hospital."""
    people = make_people(replace(spec, patients=count * 2), replace(streams, world="strangers "))
    # Children exist only as relatives, so heads of households are adults.
    return people.take(np.flatnonzero((people.relative_of < 0) & ~people.test)[:count])


def _windows(
    truth: Truth, surgery: Array, identity: Array, everybody: People, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return first and last day of each user, within life and before the extract."""
    size = len(surgery)
    plain = np.datetime64("2021-01-01") + rng.integers(0, 1400, size)
    anchor = truth.surgeries.date[surgery] if len(truth.surgeries) else plain
    before, after = rng.normal(BEFORE, 20, size), rng.normal(AFTER, 30, size)
    early = np.clip(before, 40, 180).astype(int)
    late = np.clip(after, 90, 260).astype(int)
    first = np.where(surgery >= 0, anchor - early, plain)
    last = np.where(surgery >= 0, anchor + late, plain + PLAIN_YEAR * CALENDAR_DAY)
    death = everybody.death[identity]
    last = np.where(np.isnat(death), last, np.minimum(last, death - CALENDAR_DAY))
    return first, np.minimum(last, EXTRACT)


def _vendors(size: int, rng: np.random.Generator, streams: Streams) -> Array:
    vendor = rng.choice(np.array(list(VENDOR_SHARES), object), size, p=list(VENDOR_SHARES.values()))
    apple = np.flatnonzero(vendor == APPLE)
    vendor[apple[share(MOST_APPLE, streams.block, streams.blocks) :]] = GOOGLE
    return vendor
