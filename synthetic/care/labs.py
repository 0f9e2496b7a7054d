"""Laboratory results: which analytes are asked for where, and their values."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Results, seen
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import EMERGENCY_KINDS, INPATIENT_KINDS, Complication, Kind
from ehrkit.synthetic.care.ward import blood_times
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import FEMALE, MALE
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

# Share of visits with each analyte: before surgery, in hospital, at a clinic visit with
# blood drawn. Design choice: tests before surgery, and blood counts where somebody is ill.
ASKED = {
    "hemoglobin": (0.95, 0.50, 0.40),
    "albumin": (0.75, 0.20, 0.15),
    "a1c": (0.60, 0.05, 0.35),
    "creatinine": (0.95, 0.45, 0.40),
    "white_cells": (0.95, 0.45, 0.15),
    "platelets": (0.85, 0.20, 0.05),
    "glucose": (0.60, 0.25, 0.25),
    "sodium": (0.70, 0.30, 0.10),
    "potassium": (0.70, 0.30, 0.10),
    "crp": (0.12, 0.10, 0.02),
    "sedimentation": (0.10, 0.05, 0.02),
    "inr": (0.60, 0.10, 0.01),
    "vitamin_d": (0.25, 0.01, 0.08),
}
BLOOD_AT_CLINIC = 0.10
LOWEST = 0.2
DIABETIC_A1C, DIABETIC_GLUCOSE, AFTER_SURGERY_HEMOGLOBIN = 1.6, 42, -2.1
KIDNEY_CREATININE = 0.65
# How far a person is from the mean, and a result from the person's own level, as shares of
# the stated deviation: their squares add up to one.
OWN, WITHIN = 0.8, 0.6
# Analytes with a long tail upwards; half of the difference between men and women (adult
# reference ranges, rounded).
SKEWED = ("crp", "sedimentation")
HALF_BETWEEN_SEXES = {"hemoglobin": 0.7, "creatinine": 0.1}
# What a complication adds to results of the encounter at which it is treated; of several
# the last one here counts. Design choice.
CHANGES = {
    Complication.ANAEMIA: {"hemoglobin": -2.2},
    Complication.KIDNEY_INJURY: {"creatinine": 1.1, "potassium": 0.5},
    Complication.PNEUMONIA: {"white_cells": 5.0, "crp": 90},
    Complication.SEPSIS: {"white_cells": 8.5, "crp": 180, "platelets": -70},
    Complication.WOUND_INFECTION: {"white_cells": 4.0, "crp": 85, "sedimentation": 48},
}


def draw_results(truth: Truth, streams: Streams) -> Results:
    """Return laboratory results before surgery, in hospital, and at some clinic visits."""
    rng = streams.of("labs")
    encounters = truth.encounters
    active = seen(truth)
    preop = encounters.department == catalogue().department("PREOP_CLINIC")
    hospital = np.isin(encounters.kind, (*INPATIENT_KINDS, *EMERGENCY_KINDS))
    office = (encounters.kind == Kind.OFFICE) & (encounters.service < 0)
    office &= rng.random(len(encounters)) < BLOOD_AT_CLINIC
    rows = np.flatnonzero(active & (preop | hospital | office))
    where = np.select([preop[rows], hospital[rows]], [0, 1], 2)
    share = np.array([ASKED[name] for name in catalogue().labs]).T[where]
    which, analyte = np.nonzero(rng.random(share.shape, dtype=np.float32) < share)
    encounter = rows[which]
    wait = rng.integers(5, 25, len(encounter)).astype("timedelta64[m]")
    ordered = blood_times(truth, rows, rng)[which] + wait
    return Results(
        encounter,
        analyte,
        ordered,
        ordered + rng.integers(20, 65, len(encounter)).astype("timedelta64[m]"),
        _values(truth, encounter, analyte, rng),
        rng.random(len(encounter)) >= truth.spec.non_numeric_results,
    )


def _values(truth: Truth, encounter: Array, analyte: Array, rng: np.random.Generator) -> Array:
    """Draw values around each person's level; disease and surgery move some."""
    labs = list(catalogue().labs.values())
    mean, spread = (np.array([lab[column] for lab in labs], float) for column in (4, 5))
    person = truth.encounters.person[encounter]
    own = rng.standard_normal((len(truth.people), len(labs)))[person, analyte]
    away = OWN * own + WITHIN * rng.standard_normal(len(person))
    value = mean[analyte] + spread[analyte] * away
    for place in map(_place, SKEWED):
        rows = np.flatnonzero(analyte == place)
        value[rows] = _lognormal(mean[place], spread[place], away[rows])
    value += _by_sex(truth, person, analyte)
    value += _disease(truth, person, analyte)
    stay = truth.encounters.kind[encounter] == Kind.STAY
    value += AFTER_SURGERY_HEMOGLOBIN * (stay & (analyte == _place("hemoglobin")))
    value += _complications(truth, encounter, analyte)
    return np.round(np.maximum(value, LOWEST), 1)


def _lognormal(mean: float, spread: float, away: Array) -> Array:
    """Return values of a given mean and deviation that are never below zero."""
    variance = np.log1p((spread / mean) ** 2)
    value: Array = np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * away)
    return value


def _by_sex(truth: Truth, person: Array, analyte: Array) -> Array:
    """Return what men have more of than the mean, and women less."""
    sign = np.select([truth.people.sex == MALE, truth.people.sex == FEMALE], [1.0, -1.0], 0.0)
    half = np.zeros(len(catalogue().labs))
    for name, change in HALF_BETWEEN_SEXES.items():
        half[_place(name)] = change
    return sign[person] * half[analyte]


def _complications(truth: Truth, encounter: Array, analyte: Array) -> Array:
    """Return what complications that are treated at an encounter add to its results."""
    shift = np.zeros((len(CHANGES) + 1, len(catalogue().labs)))
    which = np.full(len(truth.encounters), len(CHANGES))
    for row, (kind, changes) in enumerate(CHANGES.items()):
        which[truth.complications.encounter[truth.complications.kind == kind]] = row
        for name, change in changes.items():
            shift[row, _place(name)] = change
    added: Array = shift[which[encounter], analyte]
    return added


def _disease(truth: Truth, person: Array, analyte: Array) -> Array:
    known, chronic = catalogue().diagnoses, truth.traits.chronic
    first = int(known.positions("chronic")[0])
    shift = np.zeros(len(person))
    for code, name, change in (
        ("E11.9", "a1c", DIABETIC_A1C),
        ("E11.9", "glucose", DIABETIC_GLUCOSE),
        ("N18.30", "creatinine", KIDNEY_CREATININE),
    ):
        has = chronic[person, known.concept("chronic", code) - first]
        shift += change * (has & (analyte == _place(name)))
    return shift


def _place(name: str) -> int:
    return list(catalogue().labs).index(name)
