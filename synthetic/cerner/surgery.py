"""Surgery tables of Millennium: cases, their procedures, and their milestones."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.cases import REASONS, cancel_reasons, wrongly_named
from ehrkit.synthetic.care.encounters import DAY, NOT_A_TIME
from ehrkit.synthetic.care.theatre import ASA_CLASSES, asa_class
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.codes import SURGERY_NAMES
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.validity import OPEN
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_PROCEDURE, FIRST_TIME = 80_000_000, 90_000_000
MINUTE = np.timedelta64(60, "s")
MILESTONES = ("Patient In Room", "Surgery Start", "Surgery Stop", "Patient Out of Room")


def surgery_tables(chart: Chart) -> Drawn:
    """Return the surgery tables; one case per scheduled surgery, cancelled ones too."""
    cancelled = chart.history.booking.log[~chart.history.truth.surgeries.performed]
    tables = {
        "SURGICAL_CASE": _cases(chart),
        "SURG_CASE_PROCEDURE": _procedures(chart),
        "CASE_TIMES": _times(chart),
    }
    planted = [
        ("cancelled-case", "SURGICAL_CASE", cancelled),
        (
            "wrong-scheduled-name",
            "SURG_CASE_PROCEDURE",
            texts(_procedure_ids(chart)[_wrong(chart)]),
        ),
    ]
    return Drawn(tables, planted)


def _case(chart: Chart) -> Array:
    """Return SURG_CASE_ID per surgery: the number of its log."""
    numbers: Array = chart.history.booking.log.astype(np.int64)
    return numbers


def _procedure_ids(chart: Chart) -> Array:
    """Return SURG_CASE_PROC_ID per surgery."""
    streams, size = chart.history.streams, len(chart.history.truth.surgeries)
    return FIRST_PROCEDURE + streams.spread(np.arange(size))


def _wrong(chart: Chart) -> Array:
    """Return a mask of surgeries that were scheduled under the name of something else."""
    truth = chart.history.truth
    return wrongly_named(truth.surgeries, truth.spec, chart.history.streams)


def _cases(chart: Chart) -> Columns:
    truth = chart.history.truth
    surgeries, done = truth.surgeries, truth.surgeries.performed
    return {
        "SURG_CASE_ID": _case(chart),
        "ENCNTR_ID": chart.keys(truth.stay_of),
        "PERSON_ID": chart.owner(truth.stay_of),
        "SURG_CASE_NBR_FORMATTED": "MAIN-" + texts(_case(chart)),
        "SCHED_START_DT_TM": surgeries.incision - 30 * MINUTE,
        "SURG_START_DT_TM": np.where(done, surgeries.incision, NOT_A_TIME),
        "SURG_STOP_DT_TM": np.where(done, surgeries.close, NOT_A_TIME),
        "CANCEL_DT_TM": np.where(done, NOT_A_TIME, surgeries.incision - DAY),
        "CANCEL_REASON_CD": Coded(REASONS, cancel_reasons(surgeries, chart.history.streams)),
        "ASA_CLASS_CD": Coded(np.array(ASA_CLASSES, dtype=object), asa_class(surgeries)),
        "SCHED_PAT_TYPE_CD": Coded(
            np.array(["Inpatient", "Day Surgery"], object), surgeries.same_day.astype(np.int8)
        ),
        "ACTIVE_IND": np.ones(len(done)),
    }


def _procedures(chart: Chart) -> Columns:
    """Return one procedure per case; what was scheduled is sometimes not what was done."""
    surgeries = chart.history.truth.surgeries
    size, done = len(surgeries), surgeries.performed
    names = np.array(SURGERY_NAMES, dtype=object)
    kind = surgeries.kind.astype(np.int64)
    scheduled = Coded(names, np.where(_wrong(chart), len(names) - 1, kind))
    return {
        "SURG_CASE_PROC_ID": _procedure_ids(chart),
        "SURG_CASE_ID": _case(chart),
        "SURG_PROC_CD": Coded(names, np.where(done, kind, -1)),
        "SCHED_SURG_PROC_CD": scheduled,
        "PRIMARY_PROC_IND": np.ones(size),
        "PROC_TEXT": scheduled,
        "PROC_START_DT_TM": np.where(done, surgeries.incision, NOT_A_TIME),
        "PROC_END_DT_TM": np.where(done, surgeries.close, NOT_A_TIME),
        "ACTIVE_IND": np.ones(size),
        "END_EFFECTIVE_DT_TM": np.full(size, OPEN),
    }


def _times(chart: Chart) -> Columns:
    """Return the milestones of the cases that were done."""
    done = np.flatnonzero(chart.history.truth.surgeries.performed)
    surgeries = chart.history.truth.surgeries.take(done)
    times = [
        surgeries.incision - 40 * MINUTE,
        surgeries.incision,
        surgeries.close,
        surgeries.close + 15 * MINUTE,
    ]
    size = len(done) * len(times)
    return {
        "CASE_TIMES_ID": FIRST_TIME + chart.history.streams.spread(np.arange(size)),
        "SURG_CASE_ID": np.tile(_case(chart)[done], len(times)),
        "TASK_ASSAY_CD": Coded(
            np.array(MILESTONES, object), np.repeat(np.arange(len(times)), len(done))
        ),
        "CASE_TIME_DT_TM": np.concatenate(times),
        "ACTIVE_IND": np.ones(size),
        "END_EFFECTIVE_DT_TM": np.full(size, OPEN),
    }
