"""CLINICAL_EVENT of Millennium: results and measurements, in versions."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.encounters import HOUR
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.codes import VITALS
from ehrkit.synthetic.cerner.orders import lab_orders
from ehrkit.synthetic.cerner.rows import OPEN, Drawn, joined, number_or_null
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_VERSION, FIRST_RESULT, FIRST_VITAL, FIRST_ERROR = (
    1_000_000_000, 2_000_000_000, 3_000_000_000, 4_000_000_000,
)  # fmt: skip
# Results that were corrected, and results that were charted on the wrong patient. Design choice.
CORRECTED, IN_ERROR = 0.03, 0.01
CM_PER_INCH, KG_PER_OUNCE = 2.54, 0.028349523125
NOT_PERFORMED = "Test not performed"
FINAL, MODIFIED, ERROR = range(3)
STATUSES = np.array(["Auth (Verified)", "Modified/Amended/Corrected", "In Error"], dtype=object)
NORMALCIES = np.array(["Normal", "Abnormal"], dtype=object)


def event_tables(chart: Chart) -> Drawn:
    """Return the events of one block: results, vitals, older versions, and errors."""
    rng, streams = chart.history.streams.of("events"), chart.history.streams
    size = len(chart.history.results)
    draw = rng.random(size)
    corrected = draw < CORRECTED
    wrong = np.flatnonzero(draw >= 1 - IN_ERROR)
    parts = [
        _results(chart, corrected),
        _vitals(chart),
        _old_versions(chart, np.flatnonzero(corrected), rng),
        _errors(chart, wrong),
    ]
    events = joined(parts)
    events["CLINICAL_EVENT_ID"] = FIRST_VERSION + streams.spread(np.arange(len(events["EVENT_ID"])))
    version = np.asarray(events["CLINICAL_EVENT_ID"])
    old = slice(len(version) - len(wrong) - int(corrected.sum()), len(version) - len(wrong))
    planted = [
        ("event-superseded", "CLINICAL_EVENT", texts(version[old])),
        ("event-in-error", "CLINICAL_EVENT", texts(version[len(version) - len(wrong) :])),
    ]
    return Drawn({"CLINICAL_EVENT": events}, planted)


def _events(
    chart: Chart, encounter: Array, kind: Array, time: Array, tenths: Array, more: Columns
) -> Columns:
    """Return versions; `kind` counts the analytes of the catalogue and then VITALS.

    A value is a number of tenths, or negative where only a text came back.
    """
    labs = catalogue().labs.values()
    names = np.array([*(lab[0] for lab in labs), *(vital[0] for vital in VITALS)], dtype=object)
    units = np.array([*(lab[3] for lab in labs), *(vital[2] for vital in VITALS)], dtype=object)
    return {
        "PERSON_ID": chart.owner(encounter),
        "ENCNTR_ID": chart.encounter[encounter],
        "EVENT_CD": Coded(names, kind),
        "EVENT_END_DT_TM": time,
        "RESULT_VAL": _values(tenths),
        "RESULT_UNITS_CD": Coded(units, kind),
        **more,
    }


def _values(tenths: Array) -> Coded:
    """Return numbers of tenths as text."""
    most = int(tenths.max(initial=0))
    pool = np.array([f"{n / 10:g}" for n in range(most + 1)] + [NOT_PERFORMED], dtype=object)
    return Coded(pool, np.where(tenths >= 0, tenths, most + 1))


def _tenths(chart: Chart) -> Array:
    results = chart.history.results
    return np.where(results.numeric, np.rint(results.value * 10), -1).astype(np.int64)


def _normalcy(chart: Chart, row: Array) -> Coded:
    """Call a result abnormal that is more than two standard deviations away."""
    results, labs = chart.history.results, list(catalogue().labs.values())
    mean, spread = (np.array([lab[column] for lab in labs]) for column in (4, 5))
    analyte = results.analyte[row]
    far = np.abs(results.value[row] - mean[analyte]) > 2 * spread[analyte]
    return Coded(NORMALCIES, np.where(results.numeric[row], far, -1))


def _results(chart: Chart, corrected: Array) -> Columns:
    """Return the current version of each result."""
    results, streams = chart.history.results, chart.history.streams
    size = len(results)
    more: Columns = {
        "EVENT_ID": FIRST_RESULT + streams.spread(np.arange(size)),
        "NORMALCY_CD": _normalcy(chart, np.arange(size)),
        "RESULT_STATUS_CD": Coded(STATUSES, np.where(corrected, MODIFIED, FINAL)),
        "VALID_FROM_DT_TM": results.resulted + np.where(corrected, 2, 0) * HOUR,
        "VALID_UNTIL_DT_TM": np.full(size, OPEN),
        "ORDER_ID": lab_orders(size, streams).astype(float),
    }
    return _events(
        chart, results.encounter, results.analyte, results.resulted, _tenths(chart), more
    )


def _vitals(chart: Chart) -> Columns:
    """Return height, weight and BMI where they were taken."""
    measures, encounters = chart.history.measures, chart.history.truth.encounters
    values = (measures.height * CM_PER_INCH, measures.weight * KG_PER_OUNCE, measures.bmi)
    rows = [np.flatnonzero(~np.isnan(value)) for value in values]
    encounter = np.concatenate(rows)
    value = np.concatenate([value[row] for value, row in zip(values, rows, strict=True)])
    kind = np.repeat(np.arange(len(values)) + len(catalogue().labs), [len(row) for row in rows])
    time, size = encounters.start[encounter], len(encounter)
    more: Columns = {
        "EVENT_ID": FIRST_VITAL + chart.history.streams.spread(np.arange(size)),
        "NORMALCY_CD": Coded(NORMALCIES, np.full(size, -1)),
        "RESULT_STATUS_CD": Coded(STATUSES, np.full(size, FINAL)),
        "VALID_FROM_DT_TM": time,
        "VALID_UNTIL_DT_TM": np.full(size, OPEN),
        "ORDER_ID": np.full(size, np.nan),
    }
    return _events(chart, encounter, kind, time, np.rint(value * 10).astype(np.int64), more)


def _old_versions(chart: Chart, row: Array, rng: np.random.Generator) -> Columns:
    """Return what corrected results said before; they share the event of the current version."""
    results, streams = chart.history.results, chart.history.streams
    size = len(results)
    more: Columns = {
        "EVENT_ID": FIRST_RESULT + streams.spread(row),
        "NORMALCY_CD": _normalcy(chart, row),
        "RESULT_STATUS_CD": Coded(STATUSES, np.full(len(row), FINAL)),
        "VALID_FROM_DT_TM": results.resulted[row],
        "VALID_UNTIL_DT_TM": results.resulted[row] + 2 * HOUR,
        "ORDER_ID": lab_orders(size, streams)[row].astype(float),
    }
    tenths = np.rint(results.value[row] * 10).astype(np.int64) + rng.integers(5, 40, len(row))
    return _events(
        chart, results.encounter[row], results.analyte[row], results.resulted[row], tenths, more
    )


def _errors(chart: Chart, row: Array) -> Columns:
    """Return results of somebody else: current, but in error."""
    results, streams = chart.history.results, chart.history.streams
    more: Columns = {
        "EVENT_ID": FIRST_ERROR + streams.spread(np.arange(len(row))),
        "NORMALCY_CD": _normalcy(chart, row),
        "RESULT_STATUS_CD": Coded(STATUSES, np.full(len(row), ERROR)),
        "VALID_FROM_DT_TM": results.resulted[row],
        "VALID_UNTIL_DT_TM": np.full(len(row), OPEN),
        "ORDER_ID": number_or_null(np.full(len(row), -1)),
    }
    tenths = np.rint(results.value[row] * 20).astype(np.int64)
    return _events(
        chart, results.encounter[row], results.analyte[row], results.resulted[row], tenths, more
    )
