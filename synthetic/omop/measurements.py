"""Measurements and observations: results, bedside measurements, scores; smoking and DRGs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS, SmokingStatus
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.labs import NOT_PERFORMED
from ehrkit.synthetic.omop.concepts import UNKNOWN, concepts
from ehrkit.synthetic.omop.events import BILLING_RECORD, EHR, at_visit, keys, moment
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.shaping import Coded, Columns

LABORATORY, EXAMINATION, SURVEY = 32856, 32836, 32862
# Exact by definition: an inch is 2.54 cm, an avoirdupois ounce 28.349523125 g.
CENTIMETERS, KILOGRAMS = 2.54, 0.028349523125
SMOKING = "72166-2"


@dataclass(frozen=True)
class Kind:
    """What is measured: its name and code, the unit as recorded and as loaded (UCUM)."""

    name: str
    vocabulary: str
    code: str
    recorded: str
    unit: str
    provenance: int


@dataclass(frozen=True)
class Numbers(Rows):
    """One row per result: `told` as recorded, `value` in the unit of the CDM; NaN is a text."""

    encounter: Array
    kind: Array
    time: Array
    value: Array
    told: Array


def measurement_tables(loading: Loading) -> dict[str, Columns]:
    """Return measurements and observations of one block."""
    return {"measurement": _measurements(loading), "observation": _observations(loading)}


def kinds() -> tuple[Kind, ...]:
    """Return what this site measures, by position: labs, body size, vitals, scores."""
    known = catalogue()
    parts = ((known.labs, LABORATORY), (known.vitals, EXAMINATION))
    labs, vitals = (
        [Kind(row[0], "LOINC", row[2], row[3], row[3], own) for row in listed.values()]
        for listed, own in parts
    )
    return (
        *labs,
        Kind("HEIGHT", "LOINC", "8302-2", "in", "cm", EXAMINATION),
        Kind("WEIGHT", "LOINC", "29463-7", "oz", "kg", EXAMINATION),
        Kind("BMI", "LOINC", "39156-5", "kg/m2", "kg/m2", EXAMINATION),
        *vitals,
        *(
            Kind(row[0], "SITE_SURVEY", row[1], row[3], row[3], SURVEY)
            for row in known.instruments.values()
        ),
    )


def _numbers(loading: Loading) -> Numbers:
    """Return all numbers of the block that belong to visits."""
    history = loading.history
    results, vitals, scores = history.results, history.vitals, history.scores
    size, first = history.measures, len(catalogue().labs)
    value = np.where(results.numeric, results.value, np.nan)
    parts = [Numbers(results.encounter, results.analyte, results.resulted, value, value)]
    for told, factor in ((size.height, CENTIMETERS), (size.weight, KILOGRAMS), (size.bmi, 1.0)):
        rows = np.flatnonzero(~np.isnan(told))
        loaded = np.round(told[rows] * factor, 2)
        time = history.truth.encounters.start[rows]
        parts.append(Numbers(rows, np.full(len(rows), first), time, loaded, told[rows]))
        first += 1
    parts += [
        Numbers(one.encounter, at + kind.astype(np.int64), one.time, one.value, one.value)
        for one, kind, at in (
            (vitals, vitals.kind, first),
            (scores, scores.instrument, first + len(catalogue().vitals)),
        )
    ]
    joined = Numbers.joined(parts)
    return joined.take(loading.kept(joined.encounter))


def _measurements(loading: Loading) -> Columns:
    found, known, listed = _numbers(loading), concepts(), kinds()
    source = np.array([known.number(kind.vocabulary, kind.code) for kind in listed])
    standard = np.where([kind.vocabulary == "LOINC" for kind in listed], source, UNKNOWN)
    unit = known.many("UCUM", [kind.unit for kind in listed])[found.kind]
    names, units = (
        np.array([getattr(kind, name) for kind in listed], dtype=object)
        for name in ("name", "recorded")
    )
    return {
        "measurement_id": keys(loading, len(found)),
        **at_visit(loading, found.encounter),
        "measurement_concept_id": standard[found.kind],
        **moment("measurement", found.time),
        "measurement_type_concept_id": np.array([kind.provenance for kind in listed])[found.kind],
        "value_as_number": found.value,
        "unit_concept_id": np.where(np.isnan(found.value), -1, unit),
        "measurement_source_value": Coded(names, found.kind),
        "measurement_source_concept_id": source[found.kind],
        "unit_source_value": Coded(units, found.kind),
        "value_source_value": _as_told(found.told),
    }


def _as_told(values: Array) -> Coded:
    """Return numbers as text; they have at most two decimals, so few texts are different."""
    told = np.where(np.isnan(values), -0.01, values)
    hundredths = np.round(told * 100).astype(np.int64) + 1
    used = np.zeros(int(hundredths.max(initial=0)) + 1, dtype=bool)
    used[hundredths] = True
    pool = [
        f"{number / 100:g}" if number >= 0 else NOT_PERFORMED
        for number in (np.flatnonzero(used) - 1).tolist()
    ]
    return Coded(np.array(pool, dtype=object), (np.cumsum(used) - 1)[hundredths])


def _observations(loading: Loading) -> Columns:
    """Return the DRG of each stay that has one, then the answers about smoking."""
    truth, smoking = loading.history.truth, loading.history.smoking
    asked = smoking.take(loading.kept(smoking.encounter))
    surgery, place = _groups(loading)
    drgs = [str(number) for number in catalogue().drgs]
    smokes = concepts().number("LOINC", SMOKING)
    concept = np.r_[concepts().many("DRG", drgs)[place], np.full(len(asked), smokes)]
    encounter = np.r_[truth.stay_of[surgery], asked.encounter]
    answer = np.r_[np.full(len(surgery), -1), asked.status]
    names = np.array([*drgs, "TOBACCO SMOKING STATUS"], dtype=object)
    answers = np.array([status.name.capitalize() for status in SmokingStatus], dtype=object)
    return {
        "observation_id": keys(loading, len(concept)),
        **at_visit(loading, encounter),
        "observation_concept_id": concept,
        **moment("observation", truth.encounters.start[encounter]),
        "observation_type_concept_id": np.repeat((BILLING_RECORD, EHR), (len(surgery), len(asked))),
        "value_as_string": Coded(answers, answer),
        "observation_source_value": Coded(names, np.r_[place, np.full(len(asked), len(drgs))]),
        "observation_source_concept_id": concept,
        "value_source_value": Coded(answers, answer),
    }


def _groups(loading: Loading) -> tuple[Array, Array]:
    """Return the surgeries whose stay has a DRG, and the place of that in the catalogue."""
    truth = loading.history.truth
    stays = np.isin(truth.encounters.kind[truth.stay_of], INPATIENT_KINDS)
    grouped = truth.surgeries.performed & (truth.surgeries.drg != "") & stays
    rows = np.flatnonzero(grouped.astype(bool))
    rows = rows[loading.kept(truth.stay_of[rows])]
    numbers = {str(number): place for place, number in enumerate(catalogue().drgs)}
    place = [numbers[drg] for drg in truth.surgeries.drg[rows].tolist()]
    return rows, np.array(place, dtype=np.int64)
