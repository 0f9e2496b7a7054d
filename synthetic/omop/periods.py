"""Observation periods: from the first to the last thing that is recorded about a person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ehrkit.synthetic.omop.events import keys
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns, Values

FROM_EHR = 32882
# Columns with the first and the last day of each event table.
EVENTS = {
    "visit_occurrence": ("visit_start_date", "visit_end_date"),
    "visit_detail": ("visit_detail_start_date", "visit_detail_end_date"),
    "condition_occurrence": ("condition_start_date", "condition_start_date"),
    "procedure_occurrence": ("procedure_date", "procedure_end_date"),
    "drug_exposure": ("drug_exposure_start_date", "drug_exposure_end_date"),
    "device_exposure": ("device_exposure_start_date", "device_exposure_start_date"),
    "measurement": ("measurement_date", "measurement_date"),
    "observation": ("observation_date", "observation_date"),
    "note": ("note_date", "note_date"),
}


def period_tables(loading: Loading, tables: Mapping[str, Columns]) -> dict[str, Columns]:
    """Return one period per person who has any event."""
    first = np.full(int(loading.number.max(initial=0)) + 1, np.iinfo(np.int64).max)
    last = np.full(len(first), np.iinfo(np.int64).min)
    for name, (start, end) in EVENTS.items():
        person = np.asarray(tables[name]["person_id"])
        np.minimum.at(first, person, _days(tables[name][start]))
        np.maximum.at(last, person, _days(tables[name][end]))
    person = np.flatnonzero(first <= last)
    return {
        "observation_period": {
            "observation_period_id": keys(loading, len(person)),
            "person_id": person,
            "observation_period_start_date": first[person].astype("datetime64[D]"),
            "observation_period_end_date": last[person].astype("datetime64[D]"),
            "period_type_concept_id": np.full(len(person), FROM_EHR),
        }
    }


def _days(times: Values) -> Array:
    days: Array = np.asarray(times).astype("datetime64[D]").astype(np.int64)
    return days
