"""Clarity tables of a block, of the site as a whole, and what was planted in them."""

from __future__ import annotations

import pyarrow as pa

from ehrkit.core.shapes import shape
from ehrkit.synthetic.clarity.billing import billing_masters, billing_tables
from ehrkit.synthetic.clarity.encounters import departments, encounter_tables
from ehrkit.synthetic.clarity.notes import note_tables
from ehrkit.synthetic.clarity.orders import order_masters, order_tables
from ehrkit.synthetic.clarity.people import identity_types, people_tables
from ehrkit.synthetic.clarity.planted import planted_rows
from ehrkit.synthetic.clarity.surgery import scheduled_procedures, surgery_tables
from ehrkit.synthetic.history import History
from ehrkit.synthetic.projection import Projection
from ehrkit.synthetic.shaping import build, build_category

SHAPE = "epic-clarity"


def site_tables() -> dict[str, pa.Table]:
    """Return the tables that do not depend on patients: lists of the site, and categories."""
    clarity = shape(SHAPE)
    columns = {
        "CLARITY_DEP": departments(),
        "IDENTITY_ID_TYPE": identity_types(),
        "OR_PROC": scheduled_procedures(),
        **billing_masters(),
        **order_masters(),
    }
    built = {name: build(clarity, name, own) for name, own in columns.items()}
    return built | {name: build_category(clarity, name) for name in clarity.categories}


def project(history: History) -> Projection:
    """Return the tables of one block, and the planted rows among them."""
    columns = {
        **people_tables(history),
        **encounter_tables(history),
        **billing_tables(history),
        **surgery_tables(history),
        **order_tables(history),
        **note_tables(history),
    }
    clarity = shape(SHAPE)
    tables = {name: build(clarity, name, own) for name, own in columns.items()}
    return Projection(tables, planted_rows(history, tables))
