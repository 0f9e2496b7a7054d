"""Every contact of Clarity: PAT_ENC, and the departments that contacts take place in."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, department_ids, midnight, texts
from ehrkit.synthetic.care.admission import admitted
from ehrkit.synthetic.care.clinical import Measures, Vitals
from ehrkit.synthetic.care.encounters import NOT_A_TIME, Encounters
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import (
    ENCOUNTER_TYPES,
    HOSPITAL_TYPE,
    NOT_SEEN,
    STATUS_NAMES,
    Kind,
    Status,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.providers import department_locations, location_ids
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within, stable_order
from ehrkit.synthetic.shaping import Coded, Columns

# Epic counts days from this date in *_DATE_REAL columns.
EPOCH = np.datetime64("1840-12-31")
MINUTE = np.timedelta64(60, "s")
# The contacts that an anesthesia record opens beside the surgery contact.
ANESTHESIA_TYPES = ("Anesthesia", "Anesthesia Event")
# Heights as feet and inches, by inches.
HEIGHTS = np.array([f"{inches // 12}' {inches % 12}\"" for inches in range(100)], dtype=object)


def contact_tables(history: History) -> dict[str, Columns]:
    """Return the contacts of one block."""
    return {"PAT_ENC": _contacts(history.truth, history.booking, history.measures, history.vitals)}


def _contacts(truth: Truth, booking: Booking, measures: Measures, vitals: Vitals) -> Columns:
    """Return every contact; two of anesthesia stand beside each surgery contact."""
    encounters = truth.encounters
    seen, done = np.flatnonzero(~encounters.outside), np.flatnonzero(truth.surgeries.performed)
    rows = np.r_[seen, np.repeat(truth.contact_of[done], 2)]
    csn = np.r_[booking.csn[seen], booking.anesthesia[done].ravel()]
    kind = np.r_[encounters.kind[seen], np.tile([len(Kind), len(Kind) + 1], len(done))]
    order = stable_order(csn)
    rows, csn, kind = rows[order], csn[order], kind[order]
    start = encounters.start[rows]
    hospital = booking.account[rows] >= 0
    names = [ENCOUNTER_TYPES.get(k, HOSPITAL_TYPE) for k in Kind] + list(ANESTHESIA_TYPES)
    day = start.astype("datetime64[D]")
    clinic = np.isin(kind, (Kind.OFFICE, Kind.CONSULT, Kind.IMAGING))
    status = np.where(hospital | (kind >= len(Kind)), int(Status.NONE), encounters.status[rows])
    came = clinic & ~np.isin(status, NOT_SEEN)
    admission = hospital & (kind != Kind.PREADMISSION)
    tall = np.nan_to_num(measures.height[rows], nan=-1).astype(np.int64)
    return {
        "PAT_ENC_CSN_ID": csn,
        "PAT_ID": booking.patient(rows),
        "PAT_ENC_DATE_REAL": (day - EPOCH).astype(float) + _place_in_day(encounters, rows) / 100,
        "CONTACT_DATE": midnight(start),
        "ENC_TYPE_C": Coded(np.array(names, dtype=object), kind),
        "DEPARTMENT_ID": department_ids(booking.department[rows]),
        "EFFECTIVE_DATE_DT": midnight(start),
        "APPT_STATUS_C": Coded(np.array(STATUS_NAMES, dtype=object), status),
        "APPT_TIME": np.where(clinic, start, NOT_A_TIME),
        "CHECKIN_TIME": np.where(came, start - 12 * MINUTE, NOT_A_TIME),
        "ENC_CLOSED_YN": yes(came | hospital),
        "HSP_ACCOUNT_ID": booking.account[rows],
        "INPATIENT_DATA_ID": _data_ids(vitals, booking, rows, kind < len(Kind)),
        "HOSP_ADMSN_TIME": np.where(admission, admitted(encounters)[rows], NOT_A_TIME),
        "HOSP_DISCHRG_TIME": booking.discharge[rows],
        "BMI": measures.bmi[rows],
        "WEIGHT": measures.weight[rows],
        "HEIGHT": Coded(HEIGHTS, tall),
    }


def _data_ids(vitals: Vitals, booking: Booking, rows: Array, own: Array) -> Coded:
    """Return the link to the flowsheets of those contacts that have some."""
    measured = vitals.encounter[np.r_[True, np.diff(vitals.encounter) != 0][: len(vitals)]]
    place = np.full(len(booking.csn), -1)
    place[measured] = np.arange(len(measured))
    return Coded(data_ids(booking.csn[measured]), np.where(own, place[rows], -1))


def _place_in_day(encounters: Encounters, rows: Array) -> Array:
    """Return 0, 1, 2 ... for the contacts of one person on one day."""
    day = encounters.start[rows].astype("datetime64[D]").astype(np.int64)
    return rank_within(encounters.person[rows] * 100_000 + day) - 1


def departments() -> Columns:
    """Return the departments of this site."""
    listed = catalogue().departments.values()
    return {
        "DEPARTMENT_ID": department_ids(np.arange(len(listed))),
        "DEPARTMENT_NAME": np.array([d[0] for d in listed], dtype=object),
        "SPECIALTY": np.array([d[1] for d in listed], dtype=object),
        "REV_LOC_ID": location_ids(department_locations()),
        "ADT_UNIT_TYPE_C": np.array([d[2] for d in listed], dtype=object),
    }


def data_ids(csn: Array) -> Array:
    """Return the keys that tie flowsheets to contacts."""
    return texts(csn + 400_000_000)


def yes(mask: Array) -> Coded:
    """Return Y where the mask is true, and no text elsewhere."""
    return Coded(np.array(["Y"], dtype=object), np.where(mask, 0, -1))
