"""CLINICAL_EVENT of Millennium: the versions of results, and everything charted at encounters."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.encounters import HOUR
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.charted import charted_events
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.event_rows import ERROR, FINAL, MODIFIED, Event, event_rows, of_tenths
from ehrkit.synthetic.cerner.measured import first
from ehrkit.synthetic.cerner.orders import lab_orders
from ehrkit.synthetic.cerner.validity import OPEN
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, joined

FIRST_VERSION, FIRST_RESULT, FIRST_ERROR = 1_000_000_000, 2_000_000_000, 4_000_000_000
# Results that were corrected, and results that were charted on the wrong patient. Design choice.
CORRECTED, IN_ERROR = 0.03, 0.01
NORMALCIES = np.array(["Normal", "Abnormal"], dtype=object)


def event_tables(chart: Chart) -> Drawn:
    """Return the events of one block; the planted versions come last."""
    rng, streams = chart.history.streams.of("events"), chart.history.streams
    draw = rng.random(len(chart.history.results))
    corrected, wrong = np.flatnonzero(draw < CORRECTED), np.flatnonzero(draw >= 1 - IN_ERROR)
    events = joined(
        [
            _results(chart, draw < CORRECTED),
            *charted_events(chart),
            _old_versions(chart, corrected, rng),
            _errors(chart, wrong),
        ]
    )
    version = FIRST_VERSION + streams.spread(np.arange(len(events["EVENT_ID"])))
    last = len(version) - len(wrong)
    planted = [
        ("event-superseded", "CLINICAL_EVENT", texts(version[last - len(corrected) : last])),
        ("event-in-error", "CLINICAL_EVENT", texts(version[last:])),
    ]
    return Drawn({"CLINICAL_EVENT": {"CLINICAL_EVENT_ID": version, **events}}, planted)


def _results(chart: Chart, corrected: Array) -> Columns:
    """Return the current version of each result."""
    results, streams = chart.history.results, chart.history.streams
    row = np.arange(len(results))
    written = results.resulted + np.where(corrected, 2, 0) * HOUR
    return event_rows(
        chart,
        Event(FIRST_RESULT + streams.spread(row), results.encounter, results.resulted),
        first("labs") + results.analyte,
        of_tenths(_tenths(chart, row)),
        normalcy=_normalcy(chart, row),
        status=np.where(corrected, MODIFIED, FINAL),
        valid=(written, np.full(len(row), OPEN)),
        order=lab_orders(len(results), streams),
    )


def _old_versions(chart: Chart, row: Array, rng: np.random.Generator) -> Columns:
    """Return what corrected results said before; they share the event of the current version."""
    results, streams = chart.history.results, chart.history.streams
    time = results.resulted[row]
    return event_rows(
        chart,
        Event(FIRST_RESULT + streams.spread(row), results.encounter[row], time),
        first("labs") + results.analyte[row],
        of_tenths(np.abs(_tenths(chart, row)) + rng.integers(5, 40, len(row))),
        normalcy=_normalcy(chart, row),
        status=np.full(len(row), FINAL),
        valid=(time, time + 2 * HOUR),
        order=lab_orders(len(results), streams)[row],
    )


def _errors(chart: Chart, row: Array) -> Columns:
    """Return results of somebody else: current, but in error."""
    results, streams = chart.history.results, chart.history.streams
    return event_rows(
        chart,
        Event(
            FIRST_ERROR + streams.spread(np.arange(len(row))),
            results.encounter[row],
            results.resulted[row],
        ),
        first("labs") + results.analyte[row],
        of_tenths(2 * np.abs(_tenths(chart, row))),
        normalcy=_normalcy(chart, row),
        status=np.full(len(row), ERROR),
        valid=(results.resulted[row], np.full(len(row), OPEN)),
        order=np.full(len(row), -1),
    )


def _tenths(chart: Chart, row: Array) -> Array:
    """Return results in tenths, -1 where only a text came back."""
    results = chart.history.results
    tenths = np.rint(results.value[row] * 10).astype(np.int64)
    return np.where(results.numeric[row], tenths, -1)


def _normalcy(chart: Chart, row: Array) -> Coded:
    """Call a result abnormal that is more than two standard deviations away."""
    results, labs = chart.history.results, list(catalogue().labs.values())
    mean, spread = (np.array([lab[column] for lab in labs], float) for column in (4, 5))
    analyte = results.analyte[row]
    far = np.abs(results.value[row] - mean[analyte]) > 2 * spread[analyte]
    return Coded(NORMALCIES, np.where(results.numeric[row], far, -1))
