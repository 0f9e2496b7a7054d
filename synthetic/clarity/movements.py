"""Movements between units: CLARITY_ADT, with the class of the patient at each."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, department_ids, midnight
from ehrkit.synthetic.care.admission import admitted, moved_on
from ehrkit.synthetic.care.encounters import DAY
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import PATIENT_CLASSES, Kind
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.streams import Streams

FIRST_EVENT = 100_000_000
MINUTE = np.timedelta64(60, "s")
BASES = ("Inpatient", "Emergency")
CLASSES = np.array(sorted({*PATIENT_CLASSES.values(), "Outpatient"}), dtype=object)


def movement_tables(history: History) -> dict[str, Columns]:
    """Return the movements of one block."""
    return {"CLARITY_ADT": _movements(history.truth, history.booking, history.streams)}


def _movements(truth: Truth, booking: Booking, streams: Streams) -> Columns:
    """Return admissions, transfers, discharges, census rows, and canceled copies of some."""
    rng = streams.of("movements")
    encounters = truth.encounters
    real = np.flatnonzero(booking.real_stay)
    first_unit = np.where(encounters.base_class, encounters.department, booking.department)
    moved, admission = real[moved_on(encounters)[real]], admitted(encounters)
    gone = real[~np.isnat(booking.discharge[real])]
    long = gone[(encounters.end[gone] - encounters.start[gone]) > DAY]
    cancelled = np.flatnonzero(encounters.kind == Kind.CANCELLED_ADMISSION)
    next_midnight = midnight(admission) + DAY - MINUTE
    waiting = moved_on(encounters) & (next_midnight < encounters.ed_departure)
    census_unit = np.where(waiting, first_unit, booking.department)
    long = long[next_midnight[long] > admission[long]]
    parts = [
        (real, "Admission", admission[real], first_unit[real], True),
        (moved, "Transfer Out", encounters.ed_departure[moved], first_unit[moved], True),
        (moved, "Transfer In", encounters.ed_departure[moved], booking.department[moved], False),
        (long, "Census", next_midnight[long], census_unit[long], waiting[long]),
        (gone, "Discharge", booking.discharge[gone], booking.department[gone], False),
        (cancelled, "Admission", admission[cancelled], booking.department[cancelled], True),
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
        "EVENT_ID": FIRST_EVENT + streams.spread(np.arange(len(order))),
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
