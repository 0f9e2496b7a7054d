"""Body size, bedside measurements and smoking, as taken at encounters."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Measures, Smoking, Vitals, seen
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import EMERGENCY_KINDS, INPATIENT_KINDS, Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

MINUTE = np.timedelta64(60, "s")
# Share of clinic visits at which something is taken; design choice.
SIZED, VITALS_AT_CLINIC, ASKED = 0.55, 0.08, 0.10
# Pain (0 to 10) that is added by the reason for the visit; design choice.
PAIN_IN_HOSPITAL, PAIN_AT_SPINE_CLINIC = 3.0, 2.2
SYSTOLIC_OF_HYPERTENSION = 9


def measure(truth: Truth, streams: Streams) -> Measures:
    """Return body sizes at half of the clinic visits and at admissions."""
    rng = streams.of("measures")
    encounters, traits = truth.encounters, truth.traits
    size = len(encounters)
    now = traits.bmi[encounters.person] + rng.normal(0, 0.7, size)
    tall = traits.height[encounters.person]
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
    """Return one set of vitals at hospital visits and at some clinic visits."""
    rng = streams.of("vitals")
    encounters, kinds = truth.encounters, list(catalogue().vitals.values())
    clinic = np.isin(encounters.kind, (Kind.OFFICE, Kind.CONSULT)) & (encounters.service < 0)
    hospital = np.isin(encounters.kind, (*INPATIENT_KINDS, *EMERGENCY_KINDS))
    chosen = clinic & (rng.random(len(encounters)) < VITALS_AT_CLINIC)
    rows = np.flatnonzero(seen(truth) & (hospital | chosen))
    mean, between, within = (np.array([kind[n] for kind in kinds], float) for n in (4, 5, 6))
    own = between * rng.standard_normal((len(truth.people), len(kinds)))
    values = mean + own[encounters.person[rows]]
    values += within * rng.standard_normal((len(rows), len(kinds)))
    values += _shifts(truth, rows)
    for place, kind in enumerate(kinds):
        values[:, place] = np.round(values[:, place], kind[7])
    names = list(catalogue().vitals)
    values[:, names.index("pain")] = np.clip(values[:, names.index("pain")], 0, 10)
    values[:, names.index("saturation")] = np.minimum(values[:, names.index("saturation")], 100)
    time = encounters.start[rows] + rng.integers(2, 15, len(rows)) * MINUTE
    return Vitals(
        np.repeat(rows, len(kinds)),
        np.tile(np.arange(len(kinds), dtype=np.int8), len(rows)),
        np.repeat(time, len(kinds)),
        values.ravel(),
    )


def _shifts(truth: Truth, rows: Array) -> Array:
    """Return what the visit and the conditions add to each kind of vitals."""
    names, known = list(catalogue().vitals), catalogue().diagnoses
    encounters, kind = truth.encounters, truth.encounters.kind[rows]
    shift = np.zeros((len(rows), len(names)))
    place = known.concept("chronic", "I10") - int(known.positions("chronic")[0])
    pressure = truth.traits.chronic[encounters.person[rows], place]
    shift[:, names.index("systolic")] += SYSTOLIC_OF_HYPERTENSION * pressure
    clinic = np.isin(kind, (Kind.OFFICE, Kind.CONSULT))
    spine = clinic & (encounters.surgery[rows] >= 0)
    shift[:, names.index("pain")] += np.select(
        [spine, ~clinic], [PAIN_AT_SPINE_CLINIC, PAIN_IN_HOSPITAL], 0
    )
    return shift


def ask_smoking(truth: Truth, streams: Streams) -> Smoking:
    """Return the answers at first consultations, admissions and some clinic visits."""
    rng = streams.of("smoking")
    encounters = truth.encounters
    office = (encounters.kind == Kind.OFFICE) & (encounters.service < 0)
    asked = np.isin(encounters.kind, (Kind.CONSULT, Kind.STAY, Kind.ADMISSION))
    asked |= office & (rng.random(len(encounters)) < ASKED)
    rows = np.flatnonzero(seen(truth) & asked)
    return Smoking(rows, truth.traits.smoking(encounters.person[rows], encounters.start[rows]))
