"""Drugs: opioids around surgery, in hospital, for complications, long-term, for the back."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Prescriptions, seen
from ehrkit.synthetic.care.encounters import DAY, HOUR
from ehrkit.synthetic.care.opioids import goes_home, opioid_orders, take_home
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS, Complication, Kind, Place
from ehrkit.synthetic.care.ward import ward_time
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import YEAR
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

# Generic names of opioids. Tramadol must not be given under 12, and is warned of later (FDA
# 2017); that nobody under 13 has any opioid is a design choice.
OPIOIDS = ("oxycodone", "hydrocodone-acetaminophen", "tramadol", "hydromorphone", "morphine")
OPIOIDS_FROM_AGE = 13
# Codes of reasons to come that hurt: pain, the back, the belly, sprains.
PAIN = ("G89", "M54", "R10", "S93")
IN_HOSPITAL, GIVEN = ("hydromorphone", "oxycodone", "acetaminophen", "gabapentin"), 0.7
# Condition, drug, units a day; ninety days at a time, at this share of clinic visits.
LONG_TERM = (("I10", "lisinopril", 1), ("E11.9", "metformin", 2), ("E78.5", "atorvastatin", 1))
LONG_TERM_DAYS, RENEWED = 90, 0.3
# Drug, share, days, units a day: at discharge beside opioids, and for back trouble.
AT_DISCHARGE = (("cyclobenzaprine", 0.35, 14, 3), ("gabapentin", 0.30, 30, 3))
FOR_BACK = (
    ("cyclobenzaprine", 0.25, 10, 3), ("gabapentin", 0.12, 30, 3), ("tramadol", 0.10, 7, 4),
)  # fmt: skip
# Complication: drug, days, units a day, to take home.
FOR_COMPLICATION = {
    Complication.WOUND_INFECTION: ("cephalexin", 10, 4),
    Complication.DEEP_VEIN_THROMBOSIS: ("apixaban", 90, 2),
    Complication.PULMONARY_EMBOLISM: ("apixaban", 90, 2),
    Complication.URINARY_RETENTION: ("tamsulosin", 14, 1),
}


def prescribe(truth: Truth, streams: Streams) -> Prescriptions:
    """Return every order of a drug, in no order of time."""
    rng = streams.of("drugs")
    parts = [
        opioid_orders(truth, rng),
        _in_hospital(truth, rng),
        _at_discharge(truth, rng),
        *_for_complications(truth),
        *_long_term(truth, rng),
        *_for_back(truth, rng),
    ]
    orders = Prescriptions.joined(parts)
    return orders.take(np.flatnonzero(~_opioid_for_child(truth, orders)))


def _opioid_for_child(truth: Truth, orders: Prescriptions) -> Array:
    """Return a mask of opioids for those who are too young for them."""
    opioid = np.array([drug[1] in OPIOIDS for drug in catalogue().drugs.values()])[orders.drug]
    person = truth.encounters.person[orders.encounter]
    age = (orders.time - truth.people.birth[person].astype("datetime64[s]")) / DAY / YEAR
    mask: Array = opioid & (age < OPIOIDS_FROM_AGE)
    return mask


def _in_hospital(truth: Truth, rng: np.random.Generator) -> Prescriptions:
    """Return what is given on a ward, and antibiotics for deep infections.

    Opioids are for those who were operated on or came in pain.
    """
    encounters, codes = truth.encounters, catalogue().diagnoses.codes
    rows = np.flatnonzero(seen(truth) & np.isin(encounters.kind, INPATIENT_KINDS))
    encounter = np.repeat(rows, len(IN_HOSPITAL))
    drug = np.tile([catalogue().drug(name) for name in IN_HOSPITAL], len(rows))
    pain = np.array([code.startswith(PAIN) for code in codes])[encounters.reason[rows]]
    hurts = (encounters.kind[rows] == Kind.STAY) | pain
    opioid = np.array([catalogue().drugs[name][1] in OPIOIDS for name in IN_HOSPITAL])
    given = rng.random(len(encounter)) < GIVEN
    given &= (hurts[:, None] | ~opioid).ravel()
    found = truth.complications
    deep = np.isin(found.place, (Place.WASHOUT, Place.READMISSION))
    deep &= seen(truth)[found.encounter]
    infected = found.encounter[deep & (found.kind == Complication.WOUND_INFECTION)]
    encounter = np.r_[encounter[given], infected]
    drug = np.r_[drug[given], np.full(len(infected), catalogue().drug("vancomycin"))]
    size = len(encounter)
    return Prescriptions(
        encounter,
        drug,
        ward_time(truth, encounter) + HOUR // 2,
        np.full(size, 2),
        np.full(size, 4),
        np.zeros(size, np.int64),
        np.ones(size, bool),
    )


def _at_discharge(truth: Truth, rng: np.random.Generator) -> Prescriptions:
    encounters = truth.encounters
    surgical = np.isin(encounters.kind, (Kind.STAY, Kind.OUTPATIENT_SURGERY))
    rows = np.flatnonzero(seen(truth) & surgical & goes_home(truth))
    time = encounters.end - HOUR // 2
    return Prescriptions.joined([_some(rows, time, *drug, rng) for drug in AT_DISCHARGE])


def _for_complications(truth: Truth) -> list[Prescriptions]:
    """Return prescriptions at the end of the visit at which a complication was treated."""
    found, encounters = truth.complications, truth.encounters
    over = (seen(truth) & goes_home(truth))[found.encounter]
    parts = []
    for kind, (name, days, per_day) in FOR_COMPLICATION.items():
        rows = found.encounter[(found.kind == kind) & over]
        time = encounters.end[rows] - HOUR // 6
        drug = np.full(len(rows), catalogue().drug(name))
        size = len(rows)
        parts.append(take_home(rows, drug, time, np.full(size, days), np.full(size, per_day)))
    return parts


def _long_term(truth: Truth, rng: np.random.Generator) -> list[Prescriptions]:
    """Return drugs for hypertension, diabetes and lipids from primary care visits."""
    known, encounters = catalogue().diagnoses, truth.encounters
    first = int(known.positions("chronic")[0])
    visits, time = _office(truth), encounters.start + HOUR // 4
    parts = []
    for code, name, per_day in LONG_TERM:
        has = truth.traits.chronic[:, known.concept("chronic", code) - first]
        rows = visits[has[encounters.person[visits]]]
        parts.append(_some(rows, time, name, RENEWED, LONG_TERM_DAYS, per_day, rng))
    return parts


def _for_back(truth: Truth, rng: np.random.Generator) -> list[Prescriptions]:
    """Return drugs for back trouble without surgery."""
    visits, back = _office(truth), catalogue().diagnoses.positions("back")
    rows = visits[np.isin(truth.encounters.reason[visits], back)]
    time = truth.encounters.start + HOUR // 4
    return [_some(rows, time, *drug, rng) for drug in FOR_BACK]


def _office(truth: Truth) -> Array:
    """Return the clinic visits that have nothing to do with surgery."""
    encounters = truth.encounters
    office = (encounters.kind == Kind.OFFICE) & (encounters.surgery < 0) & (encounters.service < 0)
    return np.flatnonzero(seen(truth) & office)


def _some(
    rows: Array,
    time: Array,
    name: str,
    share: float,
    days: int,
    per_day: int,
    rng: np.random.Generator,
) -> Prescriptions:
    chosen = rows[rng.random(len(rows)) < share]
    size, drug = len(chosen), catalogue().drug(name)
    return take_home(
        chosen, np.full(size, drug), time[chosen], np.full(size, days), np.full(size, per_day)
    )
