"""What is charted at encounters: body size, vitals, questionnaires, smoking, services."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.event_rows import FINAL, Event, event_rows, of_tenths
from ehrkit.synthetic.cerner.measured import first
from ehrkit.synthetic.cerner.orders import service_orders
from ehrkit.synthetic.cerner.validity import OPEN
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, repeated

FIRST_SIZE, FIRST_VITAL, FIRST_SCORE, FIRST_ANSWER, FIRST_SERVICE = (
    3_000_000_000, 10_000_000_000, 11_000_000_000, 12_000_000_000, 13_000_000_000,
)  # fmt: skip
CM_PER_INCH, KG_PER_OUNCE = 2.54, 0.028349523125
SMOKING = np.array(["Never smoker", "Former smoker", "Current every day smoker"], dtype=object)


def charted_events(chart: Chart) -> list[Columns]:
    """Return the events of one block that are no laboratory results."""
    history = chart.history
    vitals, scores = history.vitals, history.scores
    smoking, services = history.smoking, history.services
    asked = history.truth.encounters.start[smoking.encounter]
    return [
        _sizes(chart),
        _charted(
            chart, FIRST_VITAL, (vitals.encounter, vitals.time),
            first("vitals") + vitals.kind, _tenths(vitals.value),
        ),
        _charted(
            chart, FIRST_SCORE, (scores.encounter, scores.time),
            first("instruments") + scores.instrument, _tenths(scores.value),
        ),
        _charted(
            chart, FIRST_ANSWER, (smoking.encounter, asked),
            np.full(len(smoking), first("smoking")), Coded(SMOKING, smoking.status),
        ),
        _charted(
            chart, FIRST_SERVICE, (services.encounter, services.performed),
            first("services") + services.kind, repeated("Completed", len(services)),
            service_orders(len(services), history.streams),
        ),
    ]  # fmt: skip


def _sizes(chart: Chart) -> Columns:
    """Return height, weight and BMI where they were taken."""
    measures, encounters = chart.history.measures, chart.history.truth.encounters
    values = (measures.height * CM_PER_INCH, measures.weight * KG_PER_OUNCE, measures.bmi)
    rows = [np.flatnonzero(~np.isnan(value)) for value in values]
    encounter = np.concatenate(rows)
    kind = np.repeat(np.arange(len(values)), [len(row) for row in rows])
    value = np.concatenate([value[row] for value, row in zip(values, rows, strict=True)])
    where = (encounter, encounters.start[encounter])
    return _charted(chart, FIRST_SIZE, where, first("sizes") + kind, _tenths(value))


def _charted(
    chart: Chart,
    first_key: int,
    where: tuple[Array, Array],
    kind: Array,
    value: Coded,
    order: Array | None = None,
) -> Columns:
    """Return events in their only version; `where` holds encounters and times."""
    encounter, time = where
    size = len(encounter)
    key = first_key + chart.history.streams.spread(np.arange(size))
    none = np.full(size, -1)
    return event_rows(
        chart,
        Event(key, encounter, time),
        kind,
        value,
        normalcy=Coded(np.array([""], dtype=object), none),
        status=np.full(size, FINAL),
        valid=(time, np.full(size, OPEN)),
        order=none if order is None else order,
    )


def _tenths(value: Array) -> Coded:
    return of_tenths(np.rint(value * 10).astype(np.int64))
