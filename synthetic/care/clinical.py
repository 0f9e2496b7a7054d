"""What is recorded at encounters: diagnoses, measurements, laboratory results, drugs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.encounters import DAY, HOUR
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import (
    EMERGENCY_KINDS,
    INPATIENT_KINDS,
    NOT_REAL_STAYS,
    NOT_SEEN,
    Kind,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import YEAR, People
from ehrkit.synthetic.rows import Array, Rows, rank_within
from ehrkit.synthetic.streams import Streams

CHRONIC_AT_OFFICE = 0.45
OPIOIDS = ("oxycodone", "hydrocodone", "tramadol")
# Opioid use before spine surgery; a design choice inside the published range of 35-50 %.
PREOPERATIVE_OPIOIDS = 0.42
LONG_USE = 0.25


@dataclass(frozen=True)
class CodedDiagnoses(Rows):
    """One row per diagnosis of an encounter; `concept` is a catalogue position."""

    encounter: Array
    line: Array
    concept: Array


@dataclass(frozen=True)
class Measures(Rows):
    """Body size by encounter: height in inches, weight in ounces, BMI in kg/m2; NaN: not taken."""

    height: Array
    weight: Array
    bmi: Array


@dataclass(frozen=True)
class Results(Rows):
    """One row per result; `numeric` is false where only a text came back."""

    encounter: Array
    analyte: Array
    ordered: Array
    resulted: Array
    value: Array
    numeric: Array


@dataclass(frozen=True)
class Prescriptions(Rows):
    """One row per medication order; `quantity` counts dispensed tablets, 0 in hospital."""

    encounter: Array
    drug: Array
    time: Array
    days: Array
    quantity: Array
    inpatient: Array


def seen(truth: Truth) -> Array:
    """Return a mask of encounters where somebody was really seen or spoken to."""
    encounters = truth.encounters
    absent = np.isin(encounters.status, NOT_SEEN)
    phantom = np.isin(encounters.kind, (*NOT_REAL_STAYS, Kind.SYSTEM))
    mask: Array = ~absent & ~phantom & ~encounters.outside
    return mask


def conditions(people: People, streams: Streams) -> Array:
    """Return a person x chronic condition mask; prevalence grows with age."""
    rng = streams.of("conditions")
    age = (np.datetime64("2020-01-01") - people.birth).astype(int) / YEAR
    factor = np.clip((age - 20) / 40, 0.02, 1.6)[:, None]
    prevalence = np.minimum(catalogue().prevalence[None, :] * factor, 0.9)
    mask: Array = rng.random((len(people), prevalence.shape[1])) < prevalence
    return mask


def code_diagnoses(truth: Truth, chronic: Array, streams: Streams) -> CodedDiagnoses:
    """Return the reason for each encounter, then the chronic conditions that were mentioned."""
    rng = streams.of("diagnoses")
    encounters, active = truth.encounters, seen(truth)
    main = np.flatnonzero(active & (encounters.reason >= 0))
    hospital = encounters.hospital()
    telling = active & (hospital | (rng.random(len(encounters)) < CHRONIC_AT_OFFICE))
    rows = np.flatnonzero(telling & (encounters.kind != Kind.TELEPHONE))
    which, condition = np.nonzero(chronic[encounters.person[rows]])
    mentioned = hospital[rows[which]] | (rng.random(len(which)) < 0.4)
    which, condition = which[mentioned], condition[mentioned]
    encounter = np.r_[main, rows[which]]
    concept = np.r_[encounters.reason[main], catalogue().diagnoses.positions("chronic")[condition]]
    order = np.argsort(encounter, kind="stable")
    return CodedDiagnoses(encounter[order], rank_within(encounter[order]), concept[order])


def measure(truth: Truth, streams: Streams) -> Measures:
    """Return body sizes at half of the clinic visits and at admissions."""
    rng = streams.of("measures")
    people, encounters = truth.people, truth.encounters
    height = rng.normal(np.where(people.sex == 1, 69.2, 63.7), 2.7)
    bmi = np.clip(rng.normal(29.8, 5.6, len(people)), 16.5, 58)
    size = len(encounters)
    now = bmi[encounters.person] + rng.normal(0, 0.7, size)
    tall = height[encounters.person]
    clinic = np.isin(encounters.kind, (Kind.OFFICE, Kind.CONSULT, Kind.STAY))
    taken = seen(truth) & clinic & (rng.random(size) < 0.55)
    # BMI = 703 x pounds / inches^2; Clarity keeps weight in ounces.
    ounces = now * tall**2 / 703 * 16
    return Measures(
        *(
            np.where(taken, column, np.nan)
            for column in (np.round(tall), np.round(ounces, 1), np.round(now, 2))
        )
    )


def draw_results(truth: Truth, chronic: Array, streams: Streams) -> Results:
    """Return laboratory results before surgery, in hospital, and at some clinic visits."""
    rng = streams.of("labs")
    encounters, labs = truth.encounters, catalogue().labs
    active = seen(truth)
    preop = active & (encounters.department == catalogue().department("PREOP_CLINIC"))
    hospital = active & np.isin(encounters.kind, (*INPATIENT_KINDS, *EMERGENCY_KINDS))
    office = active & (encounters.kind == Kind.OFFICE) & (rng.random(len(encounters)) < 0.15)
    rows = np.flatnonzero(preop | hospital | office)
    encounter = np.repeat(rows, len(labs))
    analyte = np.tile(np.arange(len(labs)), len(rows))
    asked = rng.random(len(encounter)) < np.where(preop[encounter], 0.95, 0.5)
    encounter, analyte = encounter[asked], analyte[asked]
    ordered = encounters.start[encounter] + rng.integers(5, 25, len(encounter)).astype(
        "timedelta64[m]"
    )
    value = _values(truth, encounter, analyte, chronic, rng)
    return Results(
        encounter,
        analyte,
        ordered,
        ordered + rng.integers(20, 65, len(encounter)).astype("timedelta64[m]"),
        value,
        rng.random(len(encounter)) >= truth.spec.non_numeric_results,
    )


def _values(
    truth: Truth,
    encounter: Array,
    analyte: Array,
    chronic: Array,
    rng: np.random.Generator,
) -> Array:
    """Draw values around each person's level; diabetes raises A1c, surgery lowers hemoglobin."""
    labs = list(catalogue().labs.values())
    mean, spread = (np.array([lab[column] for lab in labs]) for column in (4, 5))
    person = truth.encounters.person[encounter]
    own = rng.standard_normal((len(truth.people), len(labs)))[person, analyte]
    value = mean[analyte] + spread[analyte] * (0.8 * own + 0.4 * rng.standard_normal(len(person)))
    codes = [catalogue().diagnoses.codes[p] for p in catalogue().diagnoses.positions("chronic")]
    diabetic = chronic[person, codes.index("E11.9")]
    names = list(catalogue().labs)
    value += 1.6 * (diabetic & (analyte == names.index("a1c")))
    stay = truth.encounters.kind[encounter] == Kind.STAY
    value -= 2.1 * (stay & (analyte == names.index("hemoglobin")))
    return np.round(np.maximum(value, 0.2), 1)


def prescribe(truth: Truth, chronic: Array, streams: Streams) -> Prescriptions:
    """Return opioids around surgery, drugs in hospital, and long-term drugs from clinic."""
    rng = streams.of("drugs")
    parts = [_opioids(truth, rng), _in_hospital(truth, rng), _long_term(truth, chronic, rng)]
    return Prescriptions.joined(parts)


def _opioids(truth: Truth, rng: np.random.Generator) -> Prescriptions:
    """Prescribe before surgery to chronic users, at discharge to nearly all, later to some."""
    encounters, surgeries = truth.encounters, truth.surgeries
    chronic = rng.random(len(truth.people)) < PREOPERATIVE_OPIOIDS
    long_use = rng.random(len(truth.people)) < np.where(chronic, LONG_USE * 2, LONG_USE / 2)
    linked = seen(truth) & (encounters.surgery >= 0)
    clinic = linked & np.isin(encounters.kind, (Kind.OFFICE, Kind.CONSULT))
    date = surgeries.date[np.maximum(encounters.surgery, 0)].astype("datetime64[s]")
    before = clinic & (encounters.start < date) & chronic[encounters.person]
    days_after = (encounters.start - date) / DAY
    early = clinic & (days_after > 0) & (days_after < 30) & (rng.random(len(encounters)) < 0.5)
    late = clinic & (days_after >= 30) & long_use[encounters.person]
    stay = linked & np.isin(encounters.kind, (Kind.STAY, Kind.OUTPATIENT_SURGERY))
    leaving = stay & ~np.isnat(encounters.end) & (rng.random(len(encounters)) < 0.95)
    rows = np.flatnonzero(before | early | late | leaving)
    time = np.where(
        leaving[rows], encounters.end[rows] - HOUR // 2, encounters.start[rows] + HOUR // 4
    )
    days = np.where(leaving[rows], rng.choice([5, 7, 10, 14], len(rows)), 30)
    return _orders(rows, [catalogue().drug(name) for name in OPIOIDS], time, days, rng)


def _orders(
    rows: Array, drugs: list[int], time: Array, days: Array, rng: np.random.Generator
) -> Prescriptions:
    per_day = rng.choice([2, 3, 4, 6], len(rows))
    return Prescriptions(
        rows, rng.choice(drugs, len(rows)), time, days, days * per_day, np.zeros(len(rows), bool)
    )


def _in_hospital(truth: Truth, rng: np.random.Generator) -> Prescriptions:
    encounters = truth.encounters
    rows = np.flatnonzero(
        seen(truth) & np.isin(encounters.kind, (Kind.STAY, Kind.EMERGENCY_ADMITTED))
    )
    names = ("hydromorphone", "oxycodone", "acetaminophen", "gabapentin")
    encounter = np.repeat(rows, len(names))
    drug = np.tile([catalogue().drug(name) for name in names], len(rows))
    given = rng.random(len(encounter)) < 0.7
    encounter, drug = encounter[given], drug[given]
    time = encounters.start[encounter] + HOUR // 2
    zero = np.zeros(len(encounter), np.int64)
    return Prescriptions(encounter, drug, time, zero + 2, zero, np.ones(len(encounter), bool))


def _long_term(truth: Truth, chronic: Array, rng: np.random.Generator) -> Prescriptions:
    """Prescribe for hypertension, diabetes and lipids at primary care visits."""
    codes = [catalogue().diagnoses.codes[p] for p in catalogue().diagnoses.positions("chronic")]
    encounters = truth.encounters
    parts = []
    for code, drug in (("I10", "lisinopril"), ("E11.9", "metformin"), ("E78.5", "atorvastatin")):
        has = chronic[:, codes.index(code)][encounters.person]
        visit = seen(truth) & (encounters.kind == Kind.OFFICE) & (encounters.surgery < 0)
        rows = np.flatnonzero(has & visit & (rng.random(len(encounters)) < 0.3))
        days = np.full(len(rows), 90)
        parts.append(
            _orders(rows, [catalogue().drug(drug)], encounters.start[rows] + HOUR // 4, days, rng)
        )
    return Prescriptions.joined(parts)
