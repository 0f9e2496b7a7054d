"""Complications of spine surgery: who has which, when, and where it is treated.

Drawn for planned spine surgeries. What happens during the stay raises the severity of the
stay; what comes later leads to visits (returns.py) and second surgeries (reoperations.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.indications import COMBINED, Operation
from ehrkit.synthetic.care.schedule import Schedule, relative
from ehrkit.synthetic.care.traits import Traits
from ehrkit.synthetic.care.vocabulary import SPINE_KINDS, Complication, Place, SmokingStatus
from ehrkit.synthetic.care.vocabulary import SurgeryKind as Surgery
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import Spec

# Deyo 2010: complex is more than two levels, or front and back.
COMPLEX_LEVELS = 2
# Wound infection: factors of risk. Published odds lie between 1.2 and 3; design choice.
STOUT_BMI, STOUT, SMOKER, DIABETIC, PER_LEVEL, REVISION = 35, 2.0, 1.5, 1.5, 0.15, 1.6
SUPERFICIAL_AT_CLINIC = 0.5
DEEP_WASHED = 0.7
# Days from surgery to infection: lognormal around 18, within the 90 days of surveillance.
INFECTION_DAY, INFECTION_SPREAD, EARLIEST_INFECTION, LAST_DAY = 18.0, 0.55, 5, 88
# What life-threatening complications are, as shares; design choice.
LIFE_THREATENING = {
    Complication.PNEUMONIA: 0.27,
    Complication.PULMONARY_EMBOLISM: 0.22,
    Complication.RESPIRATORY_FAILURE: 0.18,
    Complication.MYOCARDIAL_INFARCTION: 0.14,
    Complication.SEPSIS: 0.11,
    Complication.STROKE: 0.08,
}
LIFE_THREATENING_IN_STAY, LIFE_THREATENING_DAYS = 0.72, 28
# Others during an overnight stay: share after fusion, and after decompression.
IN_STAY = {
    Complication.ANAEMIA: (0.14, 0.03),
    Complication.URINARY_RETENTION: (0.065, 0.055),
    Complication.ILEUS: (0.03, 0.008),
    Complication.URINARY_INFECTION: (0.022, 0.015),
    Complication.KIDNEY_INJURY: (0.016, 0.010),
}
HAEMATOMA, VEIN_THROMBOSIS, THROMBOSIS_DAYS = 0.0015, 0.009, 60
# A tear is twice as likely where somebody was before.
TEAR_IN_REVISION = 2.0


@dataclass(frozen=True)
class Complications(Rows):
    """One row per complication.

    `surgery` is the row of the surgery, `kind` a Complication, `concept` a catalogue
    position, `place` a Place. `after` counts days from surgery. `encounter` is the row of
    the encounter at which it was treated, -1 as long as encounters are not drawn.
    """

    surgery: Array
    kind: Array
    concept: Array
    place: Array
    after: Array
    encounter: Array


def draw_complications(
    plan: Schedule,
    operation: Operation,
    same_day: Array,
    traits: Traits,
    spec: Spec,
    rng: np.random.Generator,
) -> Complications:
    """Return the complications of planned spine surgeries."""
    spine = np.isin(plan.kind, SPINE_KINDS)
    fusion = plan.kind != Surgery.DECOMPRESSION
    burden = relative(1.0 + 0.5 * traits.burden[plan.person])
    tear = spec.dural_tear * np.where(plan.revision, TEAR_IN_REVISION, 1)
    tear = np.where(plan.kind == Surgery.CERVICAL_FUSION, 0.2 * tear, tear)
    stays = spine & ~same_day
    parts = [
        _infections(spine, infection_risk(plan, operation, traits), spec, rng),
        _in_stay(Complication.DURAL_TEAR, spine, tear, rng),
        _in_stay(Complication.HAEMATOMA, stays, HAEMATOMA, rng),
        _life_threatening(spine, same_day, _serious(plan, operation, spec) * burden, rng),
        _thrombosis(spine, rng),
        *(
            _in_stay(kind, stays, np.where(fusion, *shares), rng)
            for kind, shares in IN_STAY.items()
        ),
    ]
    return Complications.joined(parts)


def infection_risk(plan: Schedule, operation: Operation, traits: Traits) -> Array:
    """Return the risk of wound infection relative to the mean: weight, smoking, diabetes, size."""
    person, known = plan.person, catalogue().diagnoses
    diabetes = known.concept("chronic", "E11.9") - int(known.positions("chronic")[0])
    smokes = traits.smoking(person, plan.day) == SmokingStatus.CURRENT
    return relative(
        np.where(traits.bmi[person] >= STOUT_BMI, STOUT, 1)
        * np.where(smokes, SMOKER, 1)
        * np.where(traits.chronic[person, diabetes], DIABETIC, 1)
        * (1 + PER_LEVEL * (operation.levels - 1))
        * np.where(plan.revision, REVISION, 1)
    )


def _serious(plan: Schedule, operation: Operation, spec: Spec) -> Array:
    """Return the chance of a life-threatening complication by how invasive a surgery is."""
    wide = (operation.levels > COMPLEX_LEVELS) | (operation.technique == COMBINED)
    return np.select(
        [plan.kind == Surgery.DECOMPRESSION, wide & (plan.kind == Surgery.LUMBAR_FUSION)],
        [spec.life_threatening_decompression, spec.life_threatening_complex_fusion],
        spec.life_threatening_simple_fusion,
    )


def _infections(spine: Array, risk: Array, spec: Spec, rng: np.random.Generator) -> Complications:
    """Return infections: superficial ones in clinic or emergency, deep ones in hospital."""
    rows = np.flatnonzero(spine & (rng.random(len(spine)) < spec.wound_infection * risk))
    size = len(rows)
    concept = _concepts(Complication.WOUND_INFECTION, size, rng)
    surface = concept == catalogue().diagnoses.positions(_group(Complication.WOUND_INFECTION))[0]
    draw = rng.random(size)
    place = np.select(
        [surface & (draw < SUPERFICIAL_AT_CLINIC), surface, draw < DEEP_WASHED],
        [int(Place.CLINIC), int(Place.EMERGENCY), int(Place.WASHOUT)],
        int(Place.READMISSION),
    )
    days = INFECTION_DAY * np.exp(INFECTION_SPREAD * rng.standard_normal(size))
    after = np.clip(days.astype(int), EARLIEST_INFECTION, LAST_DAY)
    return _rows(rows, Complication.WOUND_INFECTION, concept, place, after)


def _life_threatening(
    spine: Array, same_day: Array, share: Array, rng: np.random.Generator
) -> Complications:
    rows = np.flatnonzero(spine & (rng.random(len(spine)) < share))
    kinds = rng.choice(list(LIFE_THREATENING), len(rows), p=list(LIFE_THREATENING.values()))
    inside = ~same_day[rows] & (rng.random(len(rows)) < LIFE_THREATENING_IN_STAY)
    concept = np.zeros(len(rows), np.int64)
    for kind in LIFE_THREATENING:
        concept[kinds == kind] = _concepts(kind, int((kinds == kind).sum()), rng)
    place = np.where(inside, int(Place.STAY), int(Place.READMISSION))
    after = np.where(inside, 1, rng.integers(3, LIFE_THREATENING_DAYS, len(rows)))
    return _rows(rows, kinds, concept, place, after)


def _thrombosis(spine: Array, rng: np.random.Generator) -> Complications:
    kind = Complication.DEEP_VEIN_THROMBOSIS
    rows = np.flatnonzero(spine & (rng.random(len(spine)) < VEIN_THROMBOSIS))
    after = rng.integers(3, THROMBOSIS_DAYS, len(rows))
    return _rows(rows, kind, _concepts(kind, len(rows), rng), Place.EMERGENCY, after)


def _in_stay(
    kind: Complication, at_risk: Array, share: Array | float, rng: np.random.Generator
) -> Complications:
    rows = np.flatnonzero(at_risk & (rng.random(len(at_risk)) < share))
    after = 0 if kind == Complication.DURAL_TEAR else 1
    return _rows(rows, kind, _concepts(kind, len(rows), rng), Place.STAY, after)


def _rows(
    rows: Array,
    kind: Complication | Array,
    concept: Array,
    place: Place | Array,
    after: Array | int,
) -> Complications:
    def column(value: Array | int) -> Array:
        return np.broadcast_to(np.asarray(value, dtype=np.int64), len(rows)).copy()

    return Complications(rows, column(kind), concept, column(place), column(after), column(-1))


def _concepts(kind: Complication, size: int, rng: np.random.Generator) -> Array:
    return catalogue().diagnoses.draw(rng, _group(kind), size)


def _group(kind: Complication) -> str:
    return f"complication_{kind.name.lower()}"
