"""Clarity tables of a block, of the site as a whole, and what was planted in them."""

from __future__ import annotations

import pyarrow as pa

from ehrkit.synthetic.clarity.billing import billing_masters, billing_tables
from ehrkit.synthetic.clarity.contacts import contact_tables, departments
from ehrkit.synthetic.clarity.flowsheets import flowsheet_rows, flowsheet_tables
from ehrkit.synthetic.clarity.histories import history_tables
from ehrkit.synthetic.clarity.hospital import hospital_tables
from ehrkit.synthetic.clarity.identities import identity_tables, identity_types
from ehrkit.synthetic.clarity.movements import movement_tables
from ehrkit.synthetic.clarity.notes import note_tables
from ehrkit.synthetic.clarity.orders import order_masters, order_tables
from ehrkit.synthetic.clarity.people import people_tables
from ehrkit.synthetic.clarity.planted import planted_rows
from ehrkit.synthetic.clarity.professional import professional_tables
from ehrkit.synthetic.clarity.providers import provider_masters
from ehrkit.synthetic.clarity.questionnaires import questionnaire_tables, questions
from ehrkit.synthetic.clarity.site import SHAPE, site_shape
from ehrkit.synthetic.clarity.surgery import scheduled_procedures, surgery_tables
from ehrkit.synthetic.history import History
from ehrkit.synthetic.projection import Projection
from ehrkit.synthetic.shaping import build, build_category
from ehrkit.synthetic.streams import Streams

__all__ = ["SHAPE", "project", "site_tables"]


def site_tables(streams: Streams) -> dict[str, pa.Table]:
    """Return the tables that do not depend on patients: lists of the site, and categories."""
    clarity = site_shape(streams)
    columns = {
        "CLARITY_DEP": departments(),
        "IDENTITY_ID_TYPE": identity_types(streams),
        "OR_PROC": scheduled_procedures(),
        **billing_masters(),
        **provider_masters(streams),
        **flowsheet_rows(),
        **questions(),
        **order_masters(streams),
    }
    built = {name: build(clarity, name, own) for name, own in columns.items()}
    return built | {name: build_category(clarity, name) for name in clarity.categories}


def project(history: History) -> Projection:
    """Return the tables of one block, and the planted rows among them."""
    columns = {
        **people_tables(history),
        **identity_tables(history),
        **contact_tables(history),
        **hospital_tables(history),
        **movement_tables(history),
        **billing_tables(history),
        **professional_tables(history),
        **surgery_tables(history),
        **order_tables(history),
        **flowsheet_tables(history),
        **questionnaire_tables(history),
        **history_tables(history),
        **note_tables(history),
    }
    clarity = site_shape(history.streams)
    tables = {name: build(clarity, name, own) for name, own in columns.items()}
    return Projection(tables, planted_rows(history, tables))
