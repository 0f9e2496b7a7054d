"""What is recorded at encounters: the tables, and who was there to be asked and examined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import NOT_REAL_STAYS, NOT_SEEN, Kind
from ehrkit.synthetic.rows import Array, Rows


@dataclass(frozen=True)
class CodedDiagnoses(Rows):
    """One row per diagnosis of an encounter; `concept` is a catalogue position.

    `present` says whether it was there on admission; it is true outside the hospital.
    """

    encounter: Array
    line: Array
    concept: Array
    present: Array


@dataclass(frozen=True)
class Measures(Rows):
    """Body size by encounter: height in inches, weight in ounces, BMI in kg/m2; NaN: not taken."""

    height: Array
    weight: Array
    bmi: Array


@dataclass(frozen=True)
class Vitals(Rows):
    """One row per bedside measurement; `kind` is a position in the catalogue's vitals."""

    encounter: Array
    kind: Array
    time: Array
    value: Array


@dataclass(frozen=True)
class Smoking(Rows):
    """What was answered about smoking at an encounter; `status` is a SmokingStatus."""

    encounter: Array
    status: Array


@dataclass(frozen=True)
class Scores(Rows):
    """One row per answered questionnaire; `instrument` is a position in the catalogue's."""

    encounter: Array
    instrument: Array
    time: Array
    value: Array


@dataclass(frozen=True)
class Services(Rows):
    """Therapy, injections and images: where and when they were performed, when ordered.

    `kind` is a Service; `ordered` is not after `performed`, and may be before the encounter.
    """

    encounter: Array
    kind: Array
    ordered: Array
    performed: Array


@dataclass(frozen=True)
class Problems(Rows):
    """The problem list: `noted` and `resolved` are days; NaT: the problem is active."""

    person: Array
    concept: Array
    noted: Array
    resolved: Array


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
    """One row per medication order.

    `quantity` counts dispensed units and equals `per_day` times `days`; it is 0 in
    hospital, where `per_day` counts doses. The strength of a unit is in the catalogue.
    """

    encounter: Array
    drug: Array
    time: Array
    days: Array
    per_day: Array
    quantity: Array
    inpatient: Array


def seen(truth: Truth) -> Array:
    """Return a mask of encounters where somebody was really seen or spoken to."""
    encounters = truth.encounters
    absent = np.isin(encounters.status, NOT_SEEN)
    phantom = np.isin(encounters.kind, (*NOT_REAL_STAYS, Kind.SYSTEM))
    mask: Array = ~absent & ~phantom & ~encounters.outside
    return mask
