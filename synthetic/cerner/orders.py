"""ORDERS of Millennium: drugs, laboratory tests, therapy, injections and images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.vocabulary import IMAGES, INJECTIONS
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.measured import SERVICES
from ehrkit.synthetic.cerner.order_details import detail_rows
from ehrkit.synthetic.cerner.validity import active
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, joined, repeated
from ehrkit.synthetic.streams import Streams

FIRST_LAB, FIRST_SERVICE, FIRST_DRUG, FIRST_CANCELED = (
    500_000_000, 700_000_000, 800_000_000, 950_000_000,
)  # fmt: skip
# Drug orders that were canceled, deleted or taken back; design choice.
CANCELED = 0.04
# The last two are inactive rows; one of them still reads as if it had been carried out.
STATUSES = np.array(["Completed", "Canceled", "Deleted", "Completed"], dtype=object)
FIRST_INACTIVE = 2


@dataclass(frozen=True)
class DrugOrders:
    """Drug orders: keys, the prescription that each stands for, and a place in STATUSES."""

    key: Array
    row: Array
    status: Array


def order_tables(chart: Chart) -> Drawn:
    """Return the orders of one block."""
    drugs = _drug_orders(chart)
    details, modified = detail_rows(chart, drugs.key, drugs.row)
    tables = {
        "ORDERS": joined([_labs(chart), _services(chart), _drugs(chart, drugs)]),
        "ORDER_DETAIL": details,
    }
    planted = [
        ("order-taken-back", "ORDERS", texts(drugs.key[drugs.status > 0])),
        ("order-modified", "ORDERS", texts(modified)),
    ]
    return Drawn(tables, planted)


def lab_orders(size: int, streams: Streams) -> Array:
    """Return the ORDER_ID of each result."""
    return FIRST_LAB + streams.spread(np.arange(size))


def service_orders(size: int, streams: Streams) -> Array:
    """Return the ORDER_ID of each service."""
    return FIRST_SERVICE + streams.spread(np.arange(size))


def _labs(chart: Chart) -> Columns:
    results, streams = chart.history.results, chart.history.streams
    names = np.array([lab[0] for lab in catalogue().labs.values()], dtype=object)
    size, name = len(results), Coded(names, results.analyte)
    return {
        "ORDER_ID": lab_orders(size, streams),
        "ENCNTR_ID": chart.keys(results.encounter),
        "PERSON_ID": chart.owner(results.encounter),
        "CATALOG_CD": name,
        "CATALOG_TYPE_CD": repeated("Laboratory", size),
        "ORDER_STATUS_CD": repeated("Completed", size),
        "ORIG_ORDER_DT_TM": results.ordered,
        "ORDER_MNEMONIC": name,
        "HNA_ORDER_MNEMONIC": name,
        "ACTIVE_IND": np.ones(size),
    }


def _services(chart: Chart) -> Columns:
    services, streams = chart.history.services, chart.history.streams
    size, name = len(services), Coded(np.array(list(SERVICES.values()), object), services.kind)
    types = np.array(["Physical Therapy", "Procedures", "Radiology"], dtype=object)
    kind = np.select([np.isin(services.kind, IMAGES), np.isin(services.kind, INJECTIONS)], [2, 1])
    return {
        "ORDER_ID": service_orders(size, streams),
        "ENCNTR_ID": chart.keys(services.encounter),
        "PERSON_ID": chart.owner(services.encounter),
        "CATALOG_CD": name,
        "CATALOG_TYPE_CD": Coded(types, kind),
        "ORDER_STATUS_CD": repeated("Completed", size),
        "ORIG_ORDER_DT_TM": services.ordered,
        "ORDER_MNEMONIC": name,
        "HNA_ORDER_MNEMONIC": name,
        "ACTIVE_IND": np.ones(size),
    }


def _drug_orders(chart: Chart) -> DrugOrders:
    """Return an order per prescription, and for some another one that was taken back."""
    size, streams = len(chart.history.prescriptions), chart.history.streams
    rng = streams.of("canceled orders")
    again = np.flatnonzero(rng.random(size) < CANCELED)
    own = FIRST_DRUG + streams.spread(np.arange(size))
    other = FIRST_CANCELED + streams.spread(np.arange(len(again)))
    status = np.r_[np.zeros(size, np.int64), rng.integers(1, len(STATUSES), len(again))]
    return DrugOrders(np.r_[own, other], np.r_[np.arange(size), again], status)


def _drugs(chart: Chart, drugs: DrugOrders) -> Columns:
    orders = chart.history.prescriptions.take(drugs.row)
    listed = list(catalogue().drugs.values())
    name, generic = (np.array([drug[column] for drug in listed], object) for column in (0, 1))
    return {
        "ORDER_ID": drugs.key,
        "ENCNTR_ID": chart.keys(orders.encounter),
        "PERSON_ID": chart.owner(orders.encounter),
        "CATALOG_CD": Coded(generic, orders.drug),
        "CATALOG_TYPE_CD": repeated("Pharmacy", len(orders)),
        "ORDER_STATUS_CD": Coded(STATUSES, drugs.status),
        "ORIG_ORDER_DT_TM": orders.time,
        "ORDER_MNEMONIC": Coded(name, orders.drug),
        "HNA_ORDER_MNEMONIC": Coded(generic, orders.drug),
        "ACTIVE_IND": active(drugs.status >= FIRST_INACTIVE),
    }
