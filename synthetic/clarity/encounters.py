"""Contact tables of Clarity: PAT_ENC, PAT_ENC_HSP, F_ED_ENCOUNTERS, CLARITY_ADT, CLARITY_DEP."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, department_ids, dx_ids, midnight, texts
from ehrkit.synthetic.care.clinical import Measures, Vitals
from ehrkit.synthetic.care.encounters import NOT_A_TIME, Encounters
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import (
    DISPOSITION_NAMES,
    EMERGENCY_KINDS,
    ENCOUNTER_TYPES,
    HOSPITAL_TYPE,
    NOT_SEEN,
    PATIENT_CLASSES,
    STATUS_NAMES,
    Disposition,
    Kind,
    Status,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.providers import department_locations, location_ids
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within, stable_order
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.streams import Streams

# Epic counts days from this date in *_DATE_REAL columns.
EPOCH = np.datetime64("1840-12-31")
MINUTE = np.timedelta64(60, "s")
# The contacts that an anesthesia record opens beside the surgery contact.
ANESTHESIA_TYPES = ("Anesthesia", "Anesthesia Event")
BASES = ("Inpatient", "Emergency")
CLASSES = np.array(sorted({*PATIENT_CLASSES.values(), "Outpatient"}), dtype=object)
# Heights as feet and inches, by inches.
HEIGHTS = np.array([f"{inches // 12}' {inches % 12}\"" for inches in range(100)], dtype=object)


def encounter_tables(history: History) -> dict[str, Columns]:
    """Return the contact tables of one block."""
    truth, booking, streams = history.truth, history.booking, history.streams
    return {
        "PAT_ENC": _contacts(truth, booking, history.measures, history.vitals),
        "PAT_ENC_HSP": _hospital(truth, booking),
        "F_ED_ENCOUNTERS": _emergencies(truth, booking),
        "CLARITY_ADT": movements(truth, booking, streams),
    }


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
    admitted = hospital & (kind != Kind.PREADMISSION)
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
        "HOSP_ADMSN_TIME": np.where(admitted, start, NOT_A_TIME),
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


def data_ids(csn: Array) -> Array:
    """Return the keys that tie flowsheets to contacts."""
    return texts(csn + 400_000_000)


def yes(mask: Array) -> Coded:
    """Return Y where the mask is true, and no text elsewhere."""
    return Coded(np.array(["Y"], dtype=object), np.where(mask, 0, -1))


def patient_classes(truth: Truth, rows: Array) -> Coded:
    """Return the LAST class of hospital contacts, by name."""
    encounters = truth.encounters
    code = np.array([_place(PATIENT_CLASSES.get(kind, "")) for kind in Kind])[encounters.kind[rows]]
    hidden = (encounters.kind[rows] == Kind.EMERGENCY) & ~encounters.class_or_department[rows]
    return Coded(CLASSES, np.where(hidden, _place("Outpatient"), code))


def base_classes(classes: Coded) -> Coded:
    """Return the base class of each patient class, by name."""
    base = np.array([name if name in BASES else "Outpatient" for name in CLASSES], dtype=object)
    return Coded(base, classes.codes)


def _place(name: str) -> int:
    """Return the place of a class in CLASSES, -1 for none."""
    return CLASSES.tolist().index(name) if name else -1


def _hospital(truth: Truth, booking: Booking) -> Columns:
    encounters = truth.encounters
    rows = np.flatnonzero(booking.account >= 0)
    rows = rows[stable_order(booking.csn[rows])]
    kind, start = encounters.kind[rows], encounters.start[rows]
    discharge, departure = booking.discharge[rows], encounters.ed_departure[rows]
    planned, cancelled = kind == Kind.PREADMISSION, kind == Kind.CANCELLED_ADMISSION
    emergency = np.isin(kind, EMERGENCY_KINDS)
    traced = encounters.ed_record[rows]
    inpatient = np.isin(kind, (Kind.STAY, Kind.ADMISSION))
    stage = np.select(
        [planned, kind == Kind.OUTPATIENT_SURGERY, np.isnat(discharge)],
        ["Preadmission", "Hospital Outpatient Visit", "Admission"],
        "Discharged",
    )
    none = np.full(len(rows), NOT_A_TIME)
    inp = np.select([inpatient, kind == Kind.EMERGENCY_ADMITTED], [start, departure], none)
    outp = np.select(
        [kind == Kind.OUTPATIENT_SURGERY, kind == Kind.EMERGENCY_OBSERVED], [start, departure], none
    )
    left = ~np.isnat(discharge)
    return {
        "PAT_ENC_CSN_ID": booking.csn[rows],
        "PAT_ID": booking.patient(rows),
        "HSP_ACCOUNT_ID": booking.account[rows],
        "ADT_PAT_CLASS_C": patient_classes(truth, rows),
        "ADT_PATIENT_STAT_C": stage.astype(object),
        "ADT_ARRIVAL_TIME": np.where(planned, none, start - np.where(emergency, 0, 20) * MINUTE),
        "HOSP_ADMSN_TIME": np.where(planned, none, start + np.where(emergency, 9, 0) * MINUTE),
        "HOSP_DISCH_TIME": discharge,
        "INP_ADM_DATE": inp,
        "OP_ADM_DATE": outp,
        "EMER_ADM_DATE": np.where(encounters.base_class[rows], start + 9 * MINUTE, none),
        "ED_EPISODE_ID": booking.episode[rows],
        "ED_DISPOSITION_C": np.where(traced, ed_dispositions(truth, rows), "").astype(object),
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


def ed_dispositions(truth: Truth, rows: Array) -> Array:
    """Return how emergency visits ended, by name of ZC_ED_DISPOSITION."""
    kind, disposition = truth.encounters.kind[rows], truth.encounters.disposition[rows]
    unseen = disposition == Disposition.LEFT_AGAINST_ADVICE
    return np.select(
        [kind == Kind.EMERGENCY_ADMITTED, kind == Kind.EMERGENCY_OBSERVED, unseen],
        ["Admit", "Observation", "LWBS"],
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
        "ED_DISPOSITION_C": ed_dispositions(truth, rows),
        "FIRST_EMERGENCY_DEPARTMENT_ID": department_ids(encounters.department[rows]),
        "PRIMARY_DX_ID": dx_ids(encounters.reason[rows]),
    }


def movements(truth: Truth, booking: Booking, streams: Streams) -> Columns:
    """Return admissions, transfers, discharges, census rows, and canceled copies of some."""
    rng = streams.of("movements")
    encounters = truth.encounters
    real = np.flatnonzero(booking.real_stay)
    first_unit = np.where(encounters.base_class, encounters.department, booking.department)
    moved = real[np.isin(encounters.kind[real], (Kind.EMERGENCY_ADMITTED, Kind.EMERGENCY_OBSERVED))]
    gone = real[~np.isnat(booking.discharge[real])]
    long = gone[(encounters.end[gone] - encounters.start[gone]) > np.timedelta64(86_400, "s")]
    cancelled = np.flatnonzero(encounters.kind == Kind.CANCELLED_ADMISSION)
    next_midnight = midnight(encounters.start) + np.timedelta64(86_400 - 60, "s")
    parts = [
        (real, "Admission", encounters.start[real] + 9 * MINUTE, first_unit[real], True),
        (moved, "Transfer Out", encounters.ed_departure[moved], first_unit[moved], True),
        (moved, "Transfer In", encounters.ed_departure[moved], booking.department[moved], False),
        (long, "Census", next_midnight[long], booking.department[long], False),
        (gone, "Discharge", booking.discharge[gone], booking.department[gone], False),
        (cancelled, "Admission", encounters.start[cancelled], booking.department[cancelled], True),
    ]
    encounter = np.concatenate([part[0] for part in parts])
    names = np.concatenate([np.full(len(part[0]), part[1], dtype=object) for part in parts])
    time = np.concatenate([part[2] for part in parts])
    unit = np.concatenate([part[3] for part in parts])
    early = np.concatenate([np.full(len(part[0]), part[4]) for part in parts])
    subtype = np.where(np.isin(encounter, cancelled), "Canceled", "Original").astype(object)
    copied = np.flatnonzero(
        (subtype == "Original") & (rng.random(len(encounter)) < truth.spec.canceled_adt_events)
    )
    encounter, names, time, unit, early = (
        np.r_[column, column[copied]] for column in (encounter, names, time, unit, early)
    )
    subtype = np.r_[subtype, np.full(len(copied), "Canceled", dtype=object)]
    order = np.lexsort((np.arange(len(time)), time, booking.csn[encounter]))
    encounter, names, time, unit, early, subtype = (
        column[order] for column in (encounter, names, time, unit, early, subtype)
    )
    emergency = early & encounters.base_class[encounter]
    emergency |= encounters.base_class[encounter] & (encounters.kind[encounter] == Kind.EMERGENCY)
    final = patient_classes(truth, encounter)
    classes = Coded(CLASSES, np.where(emergency, _place("Emergency"), final.codes))
    return {
        "EVENT_ID": 40_000_000 + streams.spread(np.arange(len(order))),
        "PAT_ID": booking.patient(encounter),
        "PAT_ENC_CSN_ID": booking.csn[encounter],
        "EVENT_TYPE_C": names,
        "EVENT_SUBTYPE_C": subtype,
        "EFFECTIVE_TIME": time,
        "EVENT_TIME": time + rng.integers(0, 25, len(order)) * MINUTE,
        "DEPARTMENT_ID": department_ids(unit),
        "PAT_CLASS_C": classes,
        "BASE_PAT_CLASS_C": base_classes(classes),
        "SEQ_NUM_IN_ENC": rank_within(encounter),
    }
