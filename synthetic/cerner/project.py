"""Millennium tables of a block, of the site as a whole, and what was planted in them."""

from __future__ import annotations

import pyarrow as pa

from ehrkit.synthetic.cerner.charges import charge_tables
from ehrkit.synthetic.cerner.chart import open_chart
from ehrkit.synthetic.cerner.codes import SHAPE, code_values, site_shape
from ehrkit.synthetic.cerner.coding import coding_tables
from ehrkit.synthetic.cerner.encounters import encounter_tables
from ehrkit.synthetic.cerner.events import event_tables
from ehrkit.synthetic.cerner.grouping import drg_tables
from ehrkit.synthetic.cerner.orders import order_tables
from ehrkit.synthetic.cerner.people import people_tables
from ehrkit.synthetic.cerner.stages import stage_tables
from ehrkit.synthetic.cerner.surgery import surgery_tables
from ehrkit.synthetic.cerner.terms import nomenclature
from ehrkit.synthetic.cerner.tracking import tracking_tables
from ehrkit.synthetic.history import History
from ehrkit.synthetic.projection import Projection
from ehrkit.synthetic.shaping import Columns, build
from ehrkit.synthetic.streams import Streams

__all__ = ["SHAPE", "project", "site_tables"]
PARTS = (
    people_tables,
    encounter_tables,
    stage_tables,
    tracking_tables,
    surgery_tables,
    coding_tables,
    drg_tables,
    order_tables,
    event_tables,
    charge_tables,
)


def site_tables(streams: Streams) -> dict[str, pa.Table]:
    """Return the lists of the site: its codes, and the terms of vocabularies."""
    columns = {"CODE_VALUE": code_values(streams), "NOMENCLATURE": nomenclature()}
    shape = site_shape(streams)
    return {name: build(shape, name, own) for name, own in columns.items()}


def project(history: History) -> Projection:
    """Return the tables of one block, and the planted rows among them."""
    chart = open_chart(history)
    drawn = [part(chart) for part in PARTS]
    columns: dict[str, Columns] = {}
    for one in drawn:
        columns |= one.tables
    tables = {name: build(chart.shape, name, own) for name, own in columns.items()}
    return Projection(tables, [row for one in drawn for row in one.planted])
