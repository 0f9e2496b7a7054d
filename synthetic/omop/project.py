"""OMOP tables of a block, of the site as a whole, and what was planted in them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ehrkit.core.shapes import shape
from ehrkit.synthetic.booking import department_ids, texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.history import History
from ehrkit.synthetic.omop.events import event_tables
from ehrkit.synthetic.omop.loading import decide
from ehrkit.synthetic.omop.measurements import measurement_tables
from ehrkit.synthetic.omop.notes import note_tables
from ehrkit.synthetic.omop.people import people_tables
from ehrkit.synthetic.omop.periods import period_tables
from ehrkit.synthetic.omop.planted import planted_rows
from ehrkit.synthetic.omop.visits import visit_tables
from ehrkit.synthetic.omop.vocabulary import vocabulary_tables
from ehrkit.synthetic.projection import Projection
from ehrkit.synthetic.shaping import Columns, Values, build

SHAPE = "omop-5.4"
PLACES = {
    "Emergency Department": 8870,
    "Inpatient Unit": 8717,
    "Observation Unit": 8717,
    "Operating Room": 8717,
    "Clinic": 8940,
}


def site_tables() -> dict[str, pa.Table]:
    """Return the tables that do not depend on patients: departments and the vocabulary."""
    return _built({"care_site": _care_sites(), **vocabulary_tables()})


def project(history: History) -> Projection:
    """Return the tables of one block, and the planted rows among them."""
    loading = decide(history)
    columns = {
        **people_tables(loading),
        **visit_tables(loading),
        **event_tables(loading),
        **measurement_tables(loading),
        **note_tables(loading),
    }
    columns |= period_tables(loading, columns)
    return Projection(_built(columns), planted_rows(loading))


def _built(tables: Mapping[str, Columns]) -> dict[str, pa.Table]:
    """Return tables with every column that the CDM names; NULL in those that are not filled."""
    omop, built = shape(SHAPE), {}
    for name, own in tables.items():
        size = len(next(iter(own.values())))
        empty: dict[str, Values] = {
            column.name: pa.nulls(size, column.arrow_type) for column in omop.tables[name].columns
        }
        built[name] = build(omop, name, {**empty, **own})
    return built


def _care_sites() -> Columns:
    listed = catalogue().departments.values()
    number = department_ids(np.arange(len(listed)))
    return {
        "care_site_id": number,
        "care_site_name": np.array([place[0] for place in listed], dtype=object),
        "place_of_service_concept_id": np.array([PLACES[place[2]] for place in listed]),
        "care_site_source_value": texts(number),
        "place_of_service_source_value": np.array([place[2] for place in listed], dtype=object),
    }
