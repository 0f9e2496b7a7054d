"""The rows of CLINICAL_EVENT: every value is a text, and every row is a version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.measured import all_measured
from ehrkit.synthetic.cerner.validity import number_or_null
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

NOT_PERFORMED = "Test not performed"
FINAL, MODIFIED, ERROR = range(3)
STATUSES = np.array(["Auth (Verified)", "Modified/Amended/Corrected", "In Error"], dtype=object)


@dataclass(frozen=True)
class Event:
    """Keys, encounters and clinical times of events."""

    key: Array
    encounter: Array
    time: Array


def event_rows(
    chart: Chart,
    event: Event,
    kind: Array,
    value: Coded,
    *,
    normalcy: Coded,
    status: Array,
    valid: tuple[Array, Array],
    order: Array,
) -> Columns:
    """Return versions of events without their CLINICAL_EVENT_ID; `kind` counts `all_measured()`."""
    names = np.array([one.display for one in all_measured()], dtype=object)
    units = np.array([one.unit for one in all_measured()], dtype=object)
    return {
        "EVENT_ID": event.key,
        "PERSON_ID": chart.owner(event.encounter),
        "ENCNTR_ID": chart.keys(event.encounter),
        "EVENT_CD": Coded(names, kind),
        "EVENT_END_DT_TM": event.time,
        "RESULT_VAL": value,
        "RESULT_UNITS_CD": Coded(units, kind),
        "NORMALCY_CD": normalcy,
        "RESULT_STATUS_CD": Coded(STATUSES, status),
        "VALID_FROM_DT_TM": valid[0],
        "VALID_UNTIL_DT_TM": valid[1],
        "ORDER_ID": number_or_null(order),
    }


def of_tenths(tenths: Array) -> Coded:
    """Return numbers of tenths as text; below 0 the text that a test was not performed."""
    most = int(tenths.max(initial=0))
    pool = np.array([f"{n / 10:g}" for n in range(most + 1)] + [NOT_PERFORMED], dtype=object)
    return Coded(pool, np.where(tenths >= 0, tenths, most + 1))
