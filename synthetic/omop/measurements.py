"""Measurements and observations: laboratory results, body size, and the DRG of a stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.orders import NOT_PERFORMED
from ehrkit.synthetic.omop.concepts import concepts
from ehrkit.synthetic.omop.events import BILLING_RECORD, at_visit, keys, moment
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.shaping import Coded, Columns

LABORATORY, EXAMINATION = 32856, 32836
# Exact by definition: an inch is 2.54 cm, an avoirdupois ounce 28.349523125 g.
CENTIMETERS, KILOGRAMS = 2.54, 0.028349523125


@dataclass(frozen=True)
class Kind:
    """What is measured: its name and LOINC code, the unit as recorded and as loaded (UCUM)."""

    name: str
    loinc: str
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
    return {"measurement": _measurements(loading), "observation": _groups(loading)}


def kinds() -> tuple[Kind, ...]:
    """Return what this site measures, by position."""
    labs = [
        Kind(name, loinc, unit, unit, LABORATORY)
        for name, _, loinc, unit, *_ in catalogue().labs.values()
    ]
    return (
        *labs,
        Kind("HEIGHT", "8302-2", "in", "cm", EXAMINATION),
        Kind("WEIGHT", "29463-7", "oz", "kg", EXAMINATION),
        Kind("BMI", "39156-5", "kg/m2", "kg/m2", EXAMINATION),
    )


def _numbers(loading: Loading) -> Numbers:
    """Return all numbers of the block that belong to visits."""
    history = loading.history
    results, size = history.results, history.measures
    labs = len(catalogue().labs)
    value = np.where(results.numeric, results.value, np.nan)
    parts = [Numbers(results.encounter, results.analyte, results.resulted, value, value)]
    for place, (told, factor) in enumerate(
        ((size.height, CENTIMETERS), (size.weight, KILOGRAMS), (size.bmi, 1.0))
    ):
        rows = np.flatnonzero(~np.isnan(told))
        loaded = np.round(told[rows] * factor, 2)
        time = history.truth.encounters.start[rows]
        parts.append(Numbers(rows, np.full(len(rows), labs + place), time, loaded, told[rows]))
    joined = Numbers.joined(parts)
    return joined.take(loading.kept(joined.encounter))


def _measurements(loading: Loading) -> Columns:
    found, known = _numbers(loading), concepts()
    concept = known.many("LOINC", [kind.loinc for kind in kinds()])[found.kind]
    unit = known.many("UCUM", [kind.unit for kind in kinds()])[found.kind]
    numeric = ~np.isnan(found.value)
    names, units = (
        np.array([getattr(kind, name) for kind in kinds()], dtype=object)
        for name in ("name", "recorded")
    )
    return {
        "measurement_id": keys(loading, len(found)),
        **at_visit(loading, found.encounter),
        "measurement_concept_id": concept,
        **moment("measurement", found.time),
        "measurement_type_concept_id": np.array([kind.provenance for kind in kinds()])[found.kind],
        "value_as_number": found.value,
        "unit_concept_id": np.where(numeric, unit, -1),
        "measurement_source_value": Coded(names, found.kind),
        "measurement_source_concept_id": concept,
        "unit_source_value": Coded(units, found.kind),
        "value_source_value": _as_told(found.told),
    }


def _as_told(values: Array) -> Coded:
    """Return numbers as text; they have at most two decimals, so few texts are different."""
    hundredths = np.where(np.isnan(values), -1, np.round(np.nan_to_num(values) * 100)).astype(int)
    found, codes = np.unique(hundredths, return_inverse=True)
    pool = [f"{value / 100:g}" if value >= 0 else NOT_PERFORMED for value in found.tolist()]
    return Coded(np.array(pool, dtype=object), codes)


def _groups(loading: Loading) -> Columns:
    """Return the DRG of each stay that has one."""
    truth = loading.history.truth
    stays = np.isin(truth.encounters.kind[truth.stay_of], INPATIENT_KINDS)
    grouped = truth.surgeries.performed & (truth.surgeries.drg != "") & stays
    rows = np.flatnonzero(grouped.astype(bool))
    rows = rows[loading.kept(truth.stay_of[rows])]
    numbers = {str(number): place for place, number in enumerate(catalogue().drgs)}
    place = np.array([numbers[drg] for drg in truth.surgeries.drg[rows].tolist()], dtype=np.int64)
    concept = concepts().many("DRG", numbers)[place]
    return {
        "observation_id": keys(loading, len(rows)),
        **at_visit(loading, truth.stay_of[rows]),
        "observation_concept_id": concept,
        **moment("observation", truth.encounters.start[truth.stay_of[rows]]),
        "observation_type_concept_id": np.full(len(rows), BILLING_RECORD),
        "observation_source_value": Coded(np.array(list(numbers), dtype=object), place),
        "observation_source_concept_id": concept,
    }
