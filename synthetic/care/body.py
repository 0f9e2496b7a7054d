"""Body size, bedside measurements and smoking, as taken at encounters."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Measures, Smoking, Vitals, seen
from ehrkit.synthetic.care.encounters import MINUTE
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import (
    EMERGENCY_KINDS,
    INPATIENT_KINDS,
    Complication,
    Kind,
    Place,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import YEAR
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

# Share of clinic visits at which something is taken; design choice.
SIZED, VITALS_AT_CLINIC, ASKED = 0.40, 0.12, 0.10
# Ages, and the share of adult height and body mass index (growth charts, rounded).
GROWN_HEIGHT = ((0, 2, 6, 12, 17), (0.30, 0.50, 0.67, 0.86, 1.0))
GROWN_BMI = ((0, 6, 12, 20), (0.56, 0.54, 0.66, 1.0))
AT_CLINIC = ("systolic", "diastolic", "pulse", "pain")
# Pain (0 to 10) that is added by the reason for the visit; design choice.
PAIN_IN_HOSPITAL, PAIN_AT_SPINE_CLINIC = 3.0, 2.2
SYSTOLIC_OF_HYPERTENSION = 9
LEAST_PULSE_PRESSURE = 18
# What children have more or less than adults at these ages (paediatric reference ranges,
# general knowledge, rounded).
CHILD_AGES = (1, 6, 12, 18)
CHILD_VITALS = {
    "systolic": (-38, -30, -17, 0),
    "diastolic": (-22, -18, -10, 0),
    "pulse": (42, 18, 6, 0),
    "respiration": (14, 5, 3, 0),
}
# Fever of an infection, in degrees Fahrenheit.
FEVER = 2.1
INFECTIONS = (Complication.WOUND_INFECTION, Complication.SEPSIS, Complication.PNEUMONIA)


def measure(truth: Truth, streams: Streams) -> Measures:
    """Return body sizes at some clinic visits and stays for surgery."""
    rng = streams.of("measures")
    encounters, traits = truth.encounters, truth.traits
    size = len(encounters)
    age = _ages(truth, np.arange(size))
    now = traits.bmi[encounters.person] * np.interp(age, *GROWN_BMI) + rng.normal(0, 0.7, size)
    tall = traits.height[encounters.person] * np.interp(age, *GROWN_HEIGHT)
    clinic = np.isin(encounters.kind, (Kind.OFFICE, Kind.CONSULT, Kind.STAY))
    clinic &= encounters.service < 0
    taken = seen(truth) & clinic & (rng.random(size) < SIZED)
    # BMI = 703 x pounds / inches^2; Clarity keeps weight in ounces.
    ounces = now * tall**2 / 703 * 16
    return Measures(
        *(
            np.where(taken, column, np.nan)
            for column in (np.round(tall), np.round(ounces, 1), np.round(now, 2))
        )
    )


def take_vitals(truth: Truth, streams: Streams) -> Vitals:
    """Return a set of vitals at each hospital visit, and a short one at some clinic visits."""
    rng = streams.of("vitals")
    encounters = truth.encounters
    clinic = np.isin(encounters.kind, (Kind.OFFICE, Kind.CONSULT)) & (encounters.service < 0)
    hospital = np.isin(encounters.kind, (*INPATIENT_KINDS, *EMERGENCY_KINDS))
    chosen = clinic & (rng.random(len(encounters)) < VITALS_AT_CLINIC)
    rows = np.flatnonzero(seen(truth) & (hospital | chosen))
    values = _vital_values(truth, rows, rng)
    time = encounters.start[rows] + rng.integers(2, 15, len(rows)) * MINUTE
    short = np.isin(list(catalogue().vitals), AT_CLINIC)
    which, place = np.nonzero(hospital[rows][:, None] | short)
    return Vitals(rows[which], place.astype(np.int8), time[which], values[which, place])


def _vital_values(truth: Truth, rows: Array, rng: np.random.Generator) -> Array:
    """Draw encounters x kinds of vitals around each person's own level."""
    kinds, names = list(catalogue().vitals.values()), list(catalogue().vitals)
    person = truth.encounters.person[rows]
    mean, between, within = (np.array([kind[n] for kind in kinds], float) for n in (4, 5, 6))
    own = between * rng.standard_normal((len(truth.people), len(kinds)))
    values = mean + own[person]
    values += within * rng.standard_normal((len(rows), len(kinds)))
    values += _shifts(truth, rows)
    for place, kind in enumerate(kinds):
        values[:, place] = np.clip(np.round(values[:, place], kind[7]), kind[8], kind[9])
    upper, lower = names.index("systolic"), names.index("diastolic")
    values[:, lower] = np.minimum(values[:, lower], values[:, upper] - LEAST_PULSE_PRESSURE)
    return values


def _shifts(truth: Truth, rows: Array) -> Array:
    """Return what age, the visit and the conditions add to each kind of vitals."""
    names, known = list(catalogue().vitals), catalogue().diagnoses
    encounters, kind = truth.encounters, truth.encounters.kind[rows]
    shift = np.zeros((len(rows), len(names)))
    place = known.concept("chronic", "I10") - int(known.positions("chronic")[0])
    pressure = truth.traits.chronic[encounters.person[rows], place]
    shift[:, names.index("systolic")] += SYSTOLIC_OF_HYPERTENSION * pressure
    age = _ages(truth, rows)
    young = np.flatnonzero(age < CHILD_AGES[-1])
    for name, change in CHILD_VITALS.items():
        shift[young, names.index(name)] += np.interp(age[young], CHILD_AGES, change)
    clinic = np.isin(kind, (Kind.OFFICE, Kind.CONSULT))
    spine = clinic & (encounters.surgery[rows] >= 0)
    shift[:, names.index("pain")] += np.select(
        [spine, ~clinic], [PAIN_AT_SPINE_CLINIC, PAIN_IN_HOSPITAL], 0
    )
    found = truth.complications
    infected = found.encounter[np.isin(found.kind, INFECTIONS) & (found.place != Place.STAY)]
    shift[np.isin(rows, infected), names.index("temperature")] += FEVER
    return shift


def _ages(truth: Truth, rows: Array) -> Array:
    """Return the age in years at encounters."""
    encounters = truth.encounters
    born = truth.people.birth[encounters.person[rows]]
    age: Array = (encounters.start[rows].astype("datetime64[D]") - born).astype(int) / YEAR
    return age


def ask_smoking(truth: Truth, streams: Streams) -> Smoking:
    """Return the answers at first consultations, admissions and some clinic visits."""
    rng = streams.of("smoking")
    encounters = truth.encounters
    office = (encounters.kind == Kind.OFFICE) & (encounters.service < 0)
    asked = np.isin(encounters.kind, (Kind.CONSULT, Kind.STAY, Kind.ADMISSION))
    asked |= office & (rng.random(len(encounters)) < ASKED)
    rows = np.flatnonzero(seen(truth) & asked)
    return Smoking(rows, truth.traits.smoking(encounters.person[rows], encounters.start[rows]))
