"""ORDER_DETAIL of Millennium: dose, route, duration and quantity of drug orders, one row each."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, repeated, stacked

# Prescriptions whose duration a second action changed; design choice.
MODIFIED = 0.05
# Meaning of the detail, and the action that wrote it.
Detail = tuple[str, int, Coded]


def detail_rows(chart: Chart, order: Array, row: Array) -> tuple[Columns, Array]:
    """Return details of drug orders, and the orders that were modified.

    `row` says which prescription each order stands for.
    """
    home = ~chart.history.prescriptions.inpatient[row]
    rng = chart.history.streams.of("modified orders")
    changed = home & (rng.random(len(row)) < MODIFIED)
    details = _details(chart, row, home, changed)
    kept = [np.flatnonzero(values.codes >= 0) for _, _, values in details]
    sizes = [len(one) for one in kept]
    meanings = np.array([meaning for meaning, _, _ in details], dtype=object)
    values = stacked([values[one] for (_, _, values), one in zip(details, kept, strict=True)])
    columns: Columns = {
        "ORDER_ID": np.concatenate([order[one] for one in kept]),
        "ACTION_SEQUENCE": np.repeat([action for _, action, _ in details], sizes),
        "DETAIL_SEQUENCE": np.repeat(np.arange(1, len(details) + 1), sizes),
        "OE_FIELD_MEANING": Coded(meanings, np.repeat(np.arange(len(details)), sizes)),
        "OE_FIELD_DISPLAY_VALUE": values,
        "OE_FIELD_VALUE": _numbers(values.pool)[values.codes],
    }
    return columns, order[changed]


def _numbers(texts: Array) -> Array:
    """Return texts as numbers, NaN where a text is none."""
    plain = [text.replace(".", "", 1).isdigit() for text in texts]
    return np.array([float(t) if one else np.nan for t, one in zip(texts, plain, strict=True)])


def _details(chart: Chart, row: Array, home: Array, changed: Array) -> list[Detail]:
    """Return each detail for all orders, -1 where an order has none of it."""
    orders, drugs = chart.history.prescriptions, list(catalogue().drugs.values())
    form, dose, unit, route = (np.array([d[c] for d in drugs], object) for c in (2, 4, 5, 6))
    drug, days = orders.drug[row], orders.days[row].astype(np.int64)
    quantity = orders.quantity[row].astype(np.int64)
    most = int(max(2 * days.max(initial=0), quantity.max(initial=0)))
    counts = np.array([str(number) for number in range(most + 1)], dtype=object)
    return [
        ("STRENGTHDOSE", 1, Coded(dose, drug)),
        ("STRENGTHDOSEUNIT", 1, Coded(unit, drug)),
        ("RXROUTE", 1, Coded(route, drug)),
        ("DURATION", 1, Coded(counts, np.where(changed, 2 * days, days))),
        ("DURATIONUNIT", 1, repeated("days", len(row))),
        ("DISPENSEQTY", 1, Coded(counts, np.where(home, quantity, -1))),
        ("DISPENSEQTYUNIT", 1, Coded(form, np.where(home, drug, -1))),
        ("NBRREFILLS", 1, Coded(counts, np.where(home, 0, -1))),
        ("DURATION", 2, Coded(counts, np.where(changed, days, -1))),
    ]
