"""Order tables of Millennium: drugs and laboratory tests, and the details of drug orders."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.rows import Drawn, active, joined, stacked
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, repeated
from ehrkit.synthetic.streams import Streams

FIRST_LAB, FIRST_DRUG, FIRST_CANCELED = 500_000_000, 800_000_000, 850_000_000
# Drug orders that were canceled or deleted, and prescriptions whose duration was changed later.
# Design choice.
CANCELED, MODIFIED = 0.04, 0.05


def order_tables(chart: Chart) -> Drawn:
    """Return the orders of one block."""
    drugs, rows, wrong = _drugs(chart)
    details, modified = _details(chart, np.asarray(drugs["ORDER_ID"]), rows)
    tables = {"ORDERS": joined([_labs(chart), drugs]), "ORDER_DETAIL": details}
    return Drawn(
        tables,
        [
            ("order-taken-back", "ORDERS", texts(wrong)),
            ("order-modified", "ORDER_DETAIL", texts(modified)),
        ],
    )


def lab_orders(size: int, streams: Streams) -> Array:
    """Return the ORDER_ID of each result."""
    return FIRST_LAB + streams.spread(np.arange(size))


def _labs(chart: Chart) -> Columns:
    results, streams = chart.history.results, chart.history.streams
    names = np.array([lab[0] for lab in catalogue().labs.values()], dtype=object)
    size, name = len(results), Coded(names, results.analyte)
    return {
        "ORDER_ID": lab_orders(size, streams),
        "ENCNTR_ID": chart.encounter[results.encounter],
        "PERSON_ID": chart.owner(results.encounter),
        "CATALOG_CD": name,
        "CATALOG_TYPE_CD": repeated("Laboratory", size),
        "ORDER_STATUS_CD": repeated("Completed", size),
        "ORIG_ORDER_DT_TM": results.ordered,
        "ORDER_MNEMONIC": name,
        "HNA_ORDER_MNEMONIC": name,
        "ACTIVE_IND": np.ones(size),
    }


def _drugs(chart: Chart) -> tuple[Columns, Array, Array]:
    """Return drug orders, their rows in the prescriptions, and the keys of those taken back."""
    orders, streams = chart.history.prescriptions, chart.history.streams
    rng = streams.of("canceled orders")
    drugs = list(catalogue().drugs.values())
    name, generic = (np.array([drug[column] for drug in drugs], object) for column in (0, 1))
    again = np.flatnonzero(rng.random(len(orders)) < CANCELED)
    row = np.r_[np.arange(len(orders)), again]
    wrong = FIRST_CANCELED + streams.spread(np.arange(len(again)))
    deleted = rng.random(len(again)) < 0.5
    status = np.r_[np.zeros(len(orders), np.int64), 1 + deleted]
    columns: Columns = {
        "ORDER_ID": np.r_[FIRST_DRUG + streams.spread(np.arange(len(orders))), wrong],
        "ENCNTR_ID": chart.encounter[orders.encounter[row]],
        "PERSON_ID": chart.owner(orders.encounter[row]),
        "CATALOG_CD": Coded(generic, orders.drug[row]),
        "CATALOG_TYPE_CD": repeated("Pharmacy", len(row)),
        "ORDER_STATUS_CD": Coded(np.array(["Completed", "Canceled", "Deleted"], object), status),
        "ORIG_ORDER_DT_TM": orders.time[row],
        "ORDER_MNEMONIC": Coded(name, orders.drug[row]),
        "HNA_ORDER_MNEMONIC": Coded(generic, orders.drug[row]),
        "ACTIVE_IND": active(status == 2),
    }
    return columns, row, wrong


def _details(chart: Chart, order: Array, row: Array) -> tuple[Columns, Array]:
    """Return details one row each, and the orders whose duration a second action changed."""
    orders = chart.history.prescriptions
    drugs = list(catalogue().drugs.values())
    form, dose, unit, route = (np.array([d[c] for d in drugs], object) for c in (2, 4, 5, 6))
    drug, days = orders.drug[row], orders.days[row].astype(np.int64)
    home = np.where(orders.inpatient[row], -1, 0)
    changed = (home == 0) & (
        chart.history.streams.of("modified orders").random(len(row)) < MODIFIED
    )
    counts = np.array(
        [
            str(n)
            for n in range(int(max(days.max(initial=0) * 2, orders.quantity.max(initial=0))) + 1)
        ],
        object,
    )
    quantity = np.where(home == 0, orders.quantity[row], -1)
    parts = [
        ("STRENGTHDOSE", 1, Coded(dose, drug)),
        ("STRENGTHDOSEUNIT", 1, Coded(unit, drug)),
        ("RXROUTE", 1, Coded(route, drug)),
        ("DURATION", 1, Coded(counts, np.where(changed, 2 * days, days))),
        ("DURATIONUNIT", 1, repeated("days", len(row))),
        ("DISPENSEQTY", 1, Coded(counts, quantity)),
        ("DISPENSEQTYUNIT", 1, Coded(form, np.where(home == 0, drug, -1))),
        ("NBRREFILLS", 1, Coded(counts, home)),
        ("DURATION", 2, Coded(counts, np.where(changed, days, -1))),
    ]
    kept = [np.flatnonzero(values.codes >= 0) for _, _, values in parts]
    sizes = [len(one) for one in kept]
    meanings = np.array([meaning for meaning, _, _ in parts], dtype=object)
    columns: Columns = {
        "ORDER_ID": np.concatenate([order[one] for one in kept]),
        "ACTION_SEQUENCE": np.repeat([action for _, action, _ in parts], sizes),
        "DETAIL_SEQUENCE": np.repeat(np.arange(1, len(parts) + 1), sizes),
        "OE_FIELD_MEANING": Coded(meanings, np.repeat(np.arange(len(parts)), sizes)),
        "OE_FIELD_DISPLAY_VALUE": stacked(
            [values[one] for (_, _, values), one in zip(parts, kept, strict=True)]
        ),
    }
    return columns, order[changed]
