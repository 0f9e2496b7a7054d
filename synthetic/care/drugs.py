"""Drugs: opioids around surgery, drugs in hospital, long-term drugs from clinic."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Prescriptions, seen
from ehrkit.synthetic.care.encounters import DAY, HOUR
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

OPIOIDS = ("oxycodone", "hydrocodone", "tramadol")
# Opioid use before spine surgery; a design choice inside the published range of 35-50 %.
PREOPERATIVE_OPIOIDS = 0.42
LONG_USE = 0.25


def prescribe(truth: Truth, streams: Streams) -> Prescriptions:
    """Return opioids around surgery, drugs in hospital, and long-term drugs from clinic."""
    rng = streams.of("drugs")
    return Prescriptions.joined(
        [_opioids(truth, rng), _in_hospital(truth, rng), _long_term(truth, rng)]
    )


def _opioids(truth: Truth, rng: np.random.Generator) -> Prescriptions:
    """Prescribe before surgery to chronic users, at discharge to nearly all, later to some."""
    encounters, surgeries = truth.encounters, truth.surgeries
    chronic = rng.random(len(truth.people)) < PREOPERATIVE_OPIOIDS
    long_use = rng.random(len(truth.people)) < np.where(chronic, LONG_USE * 2, LONG_USE / 2)
    linked = seen(truth) & (encounters.surgery >= 0) & (encounters.service < 0)
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
    drug = rng.choice([catalogue().drug(name) for name in OPIOIDS], len(rows))
    return orders(rows, drug, time, days, rng.choice([2, 3, 4, 6], len(rows)))


def orders(
    encounter: Array, drug: Array, time: Array, days: Array, per_day: Array
) -> Prescriptions:
    """Return prescriptions to take home: the quantity is what the days need."""
    home = np.zeros(len(encounter), bool)
    return Prescriptions(encounter, drug, time, days, per_day, days * per_day, home)


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
    size = len(encounter)
    return Prescriptions(
        encounter,
        drug,
        time,
        np.full(size, 2),
        np.full(size, 4),
        np.zeros(size, np.int64),
        np.ones(size, bool),
    )


def _long_term(truth: Truth, rng: np.random.Generator) -> Prescriptions:
    """Prescribe for hypertension, diabetes and lipids at primary care visits."""
    known, encounters = catalogue().diagnoses, truth.encounters
    first = int(known.positions("chronic")[0])
    office = (encounters.kind == Kind.OFFICE) & (encounters.surgery < 0) & (encounters.service < 0)
    visit = np.flatnonzero(seen(truth) & office)
    parts = []
    for code, name, per_day in (
        ("I10", "lisinopril", 1), ("E11.9", "metformin", 2), ("E78.5", "atorvastatin", 1),
    ):  # fmt: skip
        has = truth.traits.chronic[:, known.concept("chronic", code) - first]
        rows = visit[has[encounters.person[visit]] & (rng.random(len(visit)) < 0.3)]
        drug, days = np.full(len(rows), catalogue().drug(name)), np.full(len(rows), 90)
        time = encounters.start[rows] + HOUR // 4
        parts.append(orders(rows, drug, time, days, np.full(len(rows), per_day)))
    return Prescriptions.joined(parts)
