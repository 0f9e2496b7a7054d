"""Millennium tables of a block, the lists of the site among them, and what was planted."""

from __future__ import annotations

import pyarrow as pa

from ehrkit.synthetic.cerner.charges import charge_tables
from ehrkit.synthetic.cerner.chart import open_chart
from ehrkit.synthetic.cerner.codes import SHAPE, code_values
from ehrkit.synthetic.cerner.coding import coding_tables, nomenclature
from ehrkit.synthetic.cerner.encounters import encounter_tables
from ehrkit.synthetic.cerner.events import event_tables
from ehrkit.synthetic.cerner.orders import order_tables
from ehrkit.synthetic.cerner.people import people_tables
from ehrkit.synthetic.cerner.surgery import surgery_tables
from ehrkit.synthetic.cerner.tracking import tracking_tables
from ehrkit.synthetic.history import History
from ehrkit.synthetic.projection import Projection
from ehrkit.synthetic.shaping import Columns, build
from ehrkit.synthetic.streams import Streams

__all__ = ["SHAPE", "project", "site_tables"]
PARTS = (
    people_tables,
    encounter_tables,
    tracking_tables,
    surgery_tables,
    coding_tables,
    order_tables,
    event_tables,
    charge_tables,
)


def site_tables() -> dict[str, pa.Table]:
    """Return nothing: codes hang on the site's seed, so its lists come with the first block."""
    return {}


def project(history: History) -> Projection:
    """Return the tables of one block, and the planted rows among them."""
    chart = open_chart(history)
    drawn = [part(chart) for part in PARTS]
    columns = _lists(history.streams)
    for one in drawn:
        columns |= one.tables
    tables = {name: build(chart.shape, name, own) for name, own in columns.items()}
    return Projection(tables, [row for one in drawn for row in one.planted])


def _lists(streams: Streams) -> dict[str, Columns]:
    """Return the lists of the site, in its first block alone."""
    if streams.block > 0:
        return {}
    return {"CODE_VALUE": code_values(streams), "NOMENCLATURE": nomenclature()}
