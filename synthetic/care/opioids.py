"""Opioids before spine surgery, at discharge, tapering, and for long by some.

Every order says units a day, days, and a drug of known strength, so that morphine
milligram equivalents follow.
"""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Prescriptions, seen
from ehrkit.synthetic.care.encounters import DAY, HOUR
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Disposition, Kind, SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array

# What a long-term user takes, with shares and units a day; design choice.
HABIT = {
    "hydrocodone": (0.40, 3),
    "oxycodone": (0.25, 3),
    "tramadol": (0.20, 4),
    "hydrocodone_10": (0.08, 3),
    "oxycodone_10": (0.05, 4),
    "morphine_er": (0.02, 2),
}
# Share of other visits of the year before surgery at which a user gets a prescription.
AT_OTHER_VISITS = 0.35
LEAVING = 0.95
# By stage: the share of naive and of using patients with a prescription, and for each its
# days and units a day. Naive patients taper to nothing, users to what they took before.
# Design choice.
DISCHARGE_FUSION = ((1.0, 7, 5), (1.0, 10, 6))
DISCHARGE_OTHER = ((1.0, 4, 4), (1.0, 7, 5))
TWO_WEEKS = ((0.38, 7, 3), (0.70, 14, 4))
SIX_WEEKS = ((0.10, 7, 2), (0.50, 30, 3))
SIX_WEEKS_FROM, LONG_FROM, LONG_DAYS = 29, 60, 30


def opioid_orders(truth: Truth, rng: np.random.Generator) -> Prescriptions:
    """Return the opioid prescriptions of people with surgery."""
    encounters, surgeries, traits = truth.encounters, truth.surgeries, truth.traits
    names, own = _own_drugs(truth, rng)
    linked = np.flatnonzero(seen(truth) & (encounters.surgery >= 0) & (encounters.service < 0))
    surgery, kind = encounters.surgery[linked], encounters.kind[linked]
    start = encounters.start[linked]
    since = (start - surgeries.date[surgery].astype("datetime64[s]")) / DAY
    user, long = (mask[encounters.person[linked]] for mask in (traits.opioid_user, traits.long_use))
    clinic = np.isin(kind, (Kind.OFFICE, Kind.CONSULT))
    fusion = surgeries.kind[surgery] <= SurgeryKind.CERVICAL_FUSION
    leaves = np.isin(kind, (Kind.STAY, Kind.OUTPATIENT_SURGERY)) & goes_home(truth)[linked]
    leaves &= rng.random(len(linked)) < LEAVING
    stages = (
        (leaves & fusion, DISCHARGE_FUSION),
        (leaves & ~fusion, DISCHARGE_OTHER),
        (clinic & (since > 0) & (since < SIX_WEEKS_FROM), TWO_WEEKS),
        (clinic & (since >= SIX_WEEKS_FROM) & (since < LONG_FROM), SIX_WEEKS),
    )
    share, days, per_day = np.zeros((3, len(linked)))
    for mask, (naive, using) in stages:
        for place, column in enumerate((share, days, per_day)):
            column[mask] = np.where(user[mask], using[place], naive[place])
    stays_on = (clinic & (since < 0) & user) | ((since >= LONG_FROM) & long & ~leaves)
    share, days = np.where(stays_on, 1.0, share), np.where(stays_on, LONG_DAYS, days)
    habit = own[encounters.person[linked]]
    drug = np.where(stays_on | user, names[habit], catalogue().drug("oxycodone"))
    units = np.array([units for _, units in HABIT.values()])
    per_day = np.where(stays_on, units[habit], per_day)
    rows = np.flatnonzero((rng.random(len(linked)) < share) & (days > 0))
    time = np.where(leaves, encounters.end[linked] - HOUR // 2, start + HOUR // 10)
    home = take_home(linked[rows], drug[rows], time[rows], days[rows], per_day[rows])
    return Prescriptions.joined([home, _elsewhere(truth, names, own, units, rng)])


def goes_home(truth: Truth) -> Array:
    """Return a mask of encounters that are over, and that the patient survived."""
    encounters = truth.encounters
    mask: Array = ~np.isnat(encounters.end) & (encounters.disposition != Disposition.EXPIRED)
    return mask


def _own_drugs(truth: Truth, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return drugs, and per person the place of the one that he or she takes."""
    shares = np.array([share for share, _ in HABIT.values()])
    own = rng.choice(len(HABIT), len(truth.people), p=shares / shares.sum())
    return np.array([catalogue().drug(name) for name in HABIT]), own


def _elsewhere(
    truth: Truth, names: Array, own: Array, units: Array, rng: np.random.Generator
) -> Prescriptions:
    """Return what users get at other visits in the year before the first surgery."""
    encounters, people = truth.encounters, truth.people
    places = [catalogue().department(name) for name in ("PRIMARY_CARE", "PAIN_CLINIC")]
    visit = (encounters.kind == Kind.OFFICE) & (encounters.surgery < 0)
    visit &= np.isin(encounters.department, places) & truth.traits.opioid_user[encounters.person]
    rows = np.flatnonzero(seen(truth) & visit)
    before = people.index_date[encounters.person[rows]] - encounters.start[rows]
    rows = rows[(before > np.timedelta64(0, "s")) & (before < 365 * DAY)]
    rows = rows[rng.random(len(rows)) < AT_OTHER_VISITS]
    habit = own[encounters.person[rows]]
    days, time = np.full(len(rows), LONG_DAYS), encounters.start[rows] + HOUR // 4
    return take_home(rows, names[habit], time, days, units[habit])


def take_home(
    encounter: Array, drug: Array, time: Array, days: Array, per_day: Array
) -> Prescriptions:
    """Return prescriptions to take home: the quantity is what the days need."""
    days, per_day = days.astype(np.int64), per_day.astype(np.int64)
    home = np.zeros(len(encounter), bool)
    return Prescriptions(encounter, drug, time, days, per_day, days * per_day, home)
