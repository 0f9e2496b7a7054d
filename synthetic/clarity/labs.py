"""Laboratory tables of Clarity: one order per panel, and a line per component."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.booking import midnight
from ehrkit.synthetic.care.clinical import Results
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within, stable_order
from ehrkit.synthetic.shaping import Coded, Columns, repeated
from ehrkit.synthetic.streams import Streams

FIRST_ORDER = 500_000_000
FIRST_COMPONENT, FIRST_LOINC = 1500, 70_000
# Clarity stores this number where a result is not numeric.
NOT_NUMERIC = 9_999_999.0
NOT_PERFORMED = "Test not performed"
# What is ordered together, by analyte of the catalogue; the others are ordered alone.
PANELS = {
    "COMPLETE BLOOD COUNT": ("hemoglobin", "white_cells", "platelets"),
    "COMPREHENSIVE METABOLIC PANEL": ("creatinine", "albumin", "glucose", "sodium", "potassium"),
}


@dataclass(frozen=True)
class Panels:
    """Results sorted by order: the rows that start an order, and the order of each result.

    Attributes:
        results: the results, those of one order together.
        first: per order, the place of its first result.
        order: per result, its order, counted in time.
    """

    results: Results
    first: Array
    order: Array


def laboratory_tables(history: History) -> dict[str, Columns]:
    """Return the results of one block; the orders are in `laboratory_orders`."""
    panels, booking = panelled(history.results), history.booking
    results, size = panels.results, len(panels.results)
    unit = np.array([lab[3] for lab in catalogue().labs.values()], dtype=object)
    return {
        "ORDER_RESULTS": {
            "ORDER_PROC_ID": order_ids(panels, history.streams),
            "LINE": rank_within(panels.order),
            "COMPONENT_ID": FIRST_COMPONENT + results.analyte,
            "RESULT_DATE": midnight(results.resulted),
            "RESULT_TIME": results.resulted,
            "ORD_VALUE": _value_texts(results),
            "ORD_NUM_VALUE": np.where(results.numeric, results.value, NOT_NUMERIC),
            "REFERENCE_UNIT": Coded(unit, results.analyte),
            "RESULT_STATUS_C": repeated("Final", size),
            "COMPON_LNC_ID": FIRST_LOINC + results.analyte,
            "PAT_ENC_CSN_ID": booking.csn[results.encounter],
        }
    }


def laboratory_orders(history: History) -> Columns:
    """Return the orders, as rows of ORDER_PROC."""
    panels, booking = panelled(history.results), history.booking
    names, panel_of = _panels()
    first, encounter = panels.first, panels.results.encounter[panels.first]
    panel = panel_of[panels.results.analyte[first]]
    codes = np.array([f"LAB{101 + number}" for number in range(len(names))], dtype=object)
    ordered = _by_order(np.minimum, panels.results.ordered, first)
    return {
        "ORDER_PROC_ID": order_ids(panels, history.streams)[first],
        "PAT_ID": booking.patient(encounter),
        "PAT_ENC_CSN_ID": booking.csn[encounter],
        "PROC_CODE": Coded(codes, panel),
        "DESCRIPTION": Coded(names, panel),
        "ORDER_TYPE_C": repeated("Lab", len(first)),
        "ORDER_STATUS_C": repeated("Completed", len(first)),
        "ORDERING_DATE": midnight(ordered),
        "ORDER_TIME": ordered,
        "PROC_START_TIME": ordered,
        "RESULT_TIME": _by_order(np.maximum, panels.results.resulted, first),
    }


def laboratory_masters() -> dict[str, Columns]:
    """Return the analytes of the site and their LOINC codes."""
    labs = list(catalogue().labs.values())
    name, base, loinc = (np.array([lab[column] for lab in labs], object) for column in range(3))
    loinc_ids = FIRST_LOINC + np.arange(len(labs))
    return {
        "CLARITY_COMPONENT": {
            "COMPONENT_ID": FIRST_COMPONENT + np.arange(len(labs)),
            "NAME": name,
            "BASE_NAME": base,
            "DEFAULT_LNC_ID": loinc_ids,
        },
        "LNC_DB_MAIN": {"RECORD_ID": loinc_ids, "LNC_CODE": loinc},
    }


def panelled(results: Results) -> Panels:
    """Sort results by encounter and panel."""
    names, panel_of = _panels()
    key = results.encounter.astype(np.int64) * len(names) + panel_of[results.analyte]
    places = stable_order(key)
    key, results = key[places], results.take(places)
    starts = np.r_[True, key[1:] != key[:-1]][: len(key)]
    first = np.flatnonzero(starts)
    in_time = np.empty(len(first), dtype=np.int64)
    in_time[stable_order(results.ordered[first])] = np.arange(len(first))
    return Panels(results, first, in_time[np.cumsum(starts) - 1] if len(first) else key)


def order_ids(panels: Panels, streams: Streams) -> Array:
    """Return the order key of each result."""
    return FIRST_ORDER + streams.spread(2 * panels.order)


def _panels() -> tuple[Array, Array]:
    """Return the names of what can be ordered, and the position there of each analyte."""
    labs = catalogue().labs
    panel = {lab: name for name, members in PANELS.items() for lab in members}
    named = [panel.get(key, lab[0]) for key, lab in labs.items()]
    names = list(dict.fromkeys(named))
    return np.array(names, dtype=object), np.array([names.index(name) for name in named])


def _by_order(reduce: np.ufunc, times: Array, first: Array) -> Array:
    """Return the first or last of the times of each order."""
    if not len(first):
        return times
    seconds = reduce.reduceat(times.astype(np.int64), first)
    reduced: Array = seconds.astype("datetime64[s]")
    return reduced


def _value_texts(results: Results) -> Coded:
    """Return results as text; values have one decimal, so few texts are different."""
    tenths = np.where(results.numeric, np.round(results.value * 10).astype(np.int64), -1)
    found, codes = np.unique(tenths, return_inverse=True)
    pool = [f"{value / 10:g}" if value >= 0 else NOT_PERFORMED for value in found.tolist()]
    return Coded(np.array(pool, dtype=object), codes)
