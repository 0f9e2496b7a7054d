"""Hospital contacts of Clarity: PAT_ENC_HSP and F_ED_ENCOUNTERS."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, department_ids, dx_ids, midnight
from ehrkit.synthetic.care.admission import admitted, inpatient_from, outpatient_from
from ehrkit.synthetic.care.encounters import NOT_A_TIME
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import (
    DISPOSITION_NAMES,
    EMERGENCY_KINDS,
    Disposition,
    Kind,
)
from ehrkit.synthetic.clarity.movements import patient_classes
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, stable_order
from ehrkit.synthetic.shaping import Coded, Columns

MINUTE = np.timedelta64(60, "s")


def hospital_tables(history: History) -> dict[str, Columns]:
    """Return the stays of one block, and what the emergency department kept of its visits."""
    return {
        "PAT_ENC_HSP": _hospital(history.truth, history.booking),
        "F_ED_ENCOUNTERS": _emergencies(history.truth, history.booking),
    }


def _hospital(truth: Truth, booking: Booking) -> Columns:
    encounters = truth.encounters
    rows = np.flatnonzero(booking.account >= 0)
    rows = rows[stable_order(booking.csn[rows])]
    kind, start = encounters.kind[rows], encounters.start[rows]
    discharge, departure = booking.discharge[rows], encounters.ed_departure[rows]
    planned, cancelled = kind == Kind.PREADMISSION, kind == Kind.CANCELLED_ADMISSION
    emergency = np.isin(kind, EMERGENCY_KINDS)
    traced = encounters.ed_record[rows]
    stage = np.select(
        [planned, kind == Kind.OUTPATIENT_SURGERY, np.isnat(discharge)],
        ["Preadmission", "Hospital Outpatient Visit", "Admission"],
        "Discharged",
    )
    none = np.full(len(rows), NOT_A_TIME)
    admission = admitted(encounters)[rows]
    left = ~np.isnat(discharge)
    return {
        "PAT_ENC_CSN_ID": booking.csn[rows],
        "PAT_ID": booking.patient(rows),
        "HSP_ACCOUNT_ID": booking.account[rows],
        "ADT_PAT_CLASS_C": patient_classes(truth, rows),
        "ADT_PATIENT_STAT_C": stage.astype(object),
        "ADT_ARRIVAL_TIME": np.where(planned, none, start - np.where(emergency, 0, 20) * MINUTE),
        "HOSP_ADMSN_TIME": np.where(planned, none, admission),
        "HOSP_DISCH_TIME": discharge,
        "INP_ADM_DATE": inpatient_from(encounters)[rows],
        "OP_ADM_DATE": outpatient_from(encounters)[rows],
        "EMER_ADM_DATE": np.where(encounters.base_class[rows], admission, none),
        "ED_EPISODE_ID": booking.episode[rows],
        "ED_DISPOSITION_C": np.where(traced, _dispositions(truth, rows), "").astype(object),
        "ED_DEPARTURE_TIME": np.where(traced, departure, none),
        "HOSP_ADMSN_TYPE_C": np.select(
            [emergency, truth.urgent()[rows]], ["Emergency", "Urgent"], "Elective"
        ).astype(object),
        "ADMIT_CONF_STAT_C": np.select(
            [cancelled, planned], ["Canceled", "Pending"], "Completed"
        ).astype(object),
        "DISCH_CONF_STAT_C": np.where(left, "Completed", "").astype(object),
        "DISCH_DISP_C": Coded(
            np.array(DISPOSITION_NAMES, dtype=object),
            np.where(left, encounters.disposition[rows], -1),
        ),
        "DEPARTMENT_ID": department_ids(booking.department[rows]),
        "CONTACT_DATE": midnight(start),
        "EXP_ADMISSION_TIME": np.where(planned, start, none),
    }


def _dispositions(truth: Truth, rows: Array) -> Array:
    """Return how emergency visits ended, by name of ZC_ED_DISPOSITION."""
    kind, disposition = truth.encounters.kind[rows], truth.encounters.disposition[rows]
    against_advice = disposition == Disposition.LEFT_AGAINST_ADVICE
    return np.select(
        [kind == Kind.EMERGENCY_ADMITTED, kind == Kind.EMERGENCY_OBSERVED, against_advice],
        ["Admit", "Observation", "AMA"],
        "Discharge",
    ).astype(object)


def _emergencies(truth: Truth, booking: Booking) -> Columns:
    encounters = truth.encounters
    rows = np.flatnonzero(encounters.ed_record)
    rows = rows[stable_order(booking.csn[rows])]
    return {
        "PAT_ENC_CSN_ID": booking.csn[rows],
        "PAT_ID": booking.patient(rows),
        "ED_EPISODE_ID": booking.episode[rows],
        "ADT_ARRIVAL_DTTM": encounters.start[rows],
        "ED_DEPARTURE_DTTM": encounters.ed_departure[rows],
        "ED_DISPOSITION_C": _dispositions(truth, rows),
        "FIRST_EMERGENCY_DEPARTMENT_ID": department_ids(encounters.department[rows]),
        "PRIMARY_DX_ID": dx_ids(encounters.reason[rows]),
    }
