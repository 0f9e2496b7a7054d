"""Encounter tables of Millennium: ENCOUNTER, its financial number, and its stages."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.encounters import DAY, HOUR, NOT_A_TIME
from ehrkit.synthetic.care.vocabulary import (
    DISPOSITION_NAMES,
    EMERGENCY_KINDS,
    NOT_SEEN,
    Kind,
    Status,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.codes import FACILITIES
from ehrkit.synthetic.cerner.rows import OPEN, Drawn, active, joined, open_until
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, repeated

FIRST_ALIAS, FIRST_STAGE, FIRST_MISTAKE = 300_000_000, 400_000_000, 600_000_000
MINUTE = np.timedelta64(60, "s")
# LAST type and class by kind: an admitted emergency visit reads Inpatient.
TYPES = {
    Kind.OFFICE: ("Clinic", "Outpatient"),
    Kind.CONSULT: ("Clinic", "Outpatient"),
    Kind.TELEPHONE: ("Phone Message", "Outpatient"),
    Kind.STAY: ("Inpatient", "Inpatient"),
    Kind.OUTPATIENT_SURGERY: ("Day Surgery", "Outpatient"),
    Kind.EMERGENCY: ("Emergency", "Emergency"),
    Kind.EMERGENCY_ADMITTED: ("Inpatient", "Inpatient"),
    Kind.EMERGENCY_OBSERVED: ("Observation", "Observation"),
    Kind.ADMISSION: ("Inpatient", "Inpatient"),
    Kind.PREADMISSION: ("Preadmit", "Preadmit"),
    Kind.CANCELLED_ADMISSION: ("Inpatient", "Inpatient"),
}
HIDDEN = ("Outpatient", "Outpatient")
# Performed surgeries after which somebody registered an emergency visit under the wrong name, and
# stays whose first stage was entered as Emergency and taken back. Design choice.
WRONG_REGISTRATION, WRONG_STAGE = 0.04, 0.04


def encounter_tables(chart: Chart) -> Drawn:
    """Return the encounter tables of one block."""
    encounters = chart.history.truth.encounters
    rows = np.flatnonzero(chart.encounter >= 0)
    rows = rows[np.argsort(chart.encounter[rows])]
    columns, mistakes = _encounters(chart, rows), _mistaken_registrations(chart)
    stages, taken_back = _stages(chart)
    tables = {
        "ENCOUNTER": joined([columns, mistakes]),
        "ENCNTR_ALIAS": _aliases(chart, rows),
        "ENCNTR_LOC_HIST": stages,
    }

    def keys(mask: Array) -> Array:
        return texts(chart.encounter[rows[mask[rows]]])

    seen = np.isin(encounters.status, NOT_SEEN) & ~encounters.hospital()
    planted = [
        ("preadmission", "ENCOUNTER", keys(encounters.kind == Kind.PREADMISSION)),
        ("cancelled-admission", "ENCOUNTER", keys(encounters.kind == Kind.CANCELLED_ADMISSION)),
        ("visit-not-kept", "ENCOUNTER", keys(seen)),
        ("discharge-missing", "ENCOUNTER", keys(encounters.discharge_missing)),
        ("encounter-taken-back", "ENCOUNTER", texts(np.asarray(mistakes["ENCNTR_ID"]))),
        ("stage-taken-back", "ENCNTR_LOC_HIST", taken_back),
    ]
    return Drawn(tables, planted)


def _types(chart: Chart, rows: Array) -> tuple[Coded, Coded]:
    """Return the LAST type and class of encounters."""
    encounters = chart.history.truth.encounters
    pairs = [*(TYPES.get(kind, HIDDEN) for kind in Kind), HIDDEN]
    kind = encounters.kind[rows].astype(np.int64)
    hidden = (kind == Kind.EMERGENCY) & ~encounters.class_or_department[rows]
    place = np.where(hidden, len(pairs) - 1, kind)
    return (
        Coded(np.array([name for name, _ in pairs], object), place),
        Coded(np.array([name for _, name in pairs], object), place),
    )


def _units() -> tuple[Array, Array, Array]:
    """Return unit, service and facility by department; the last entry is for no department."""
    listed = list(catalogue().departments.values())
    names = np.array([name for name, _, _ in listed] + [""], dtype=object)
    services = np.array([service for _, service, _ in listed] + [""], dtype=object)
    east = ["EAST" in name for name, _, _ in listed]
    places = np.array([FACILITIES[int(one)] for one in east] + [FACILITIES[0]], dtype=object)
    return names, services, places


def _encounters(chart: Chart, rows: Array) -> Columns:
    encounters, booking = chart.history.truth.encounters, chart.history.booking
    kind, start = encounters.kind[rows], encounters.start[rows]
    emergency, hospital = np.isin(kind, EMERGENCY_KINDS), encounters.hospital()[rows]
    missed = np.isin(encounters.status[rows], NOT_SEEN) & ~hospital
    planned, cancelled = kind == Kind.PREADMISSION, kind == Kind.CANCELLED_ADMISSION
    scheduled = missed & (encounters.status[rows] == Status.SCHEDULED)
    expected = planned | missed
    none = np.full(len(rows), NOT_A_TIME)
    early = np.where(emergency, 0, np.where(hospital, 20, 12)) * MINUTE
    admitted = np.select(
        [np.isin(kind, (Kind.STAY, Kind.ADMISSION)), kind == Kind.EMERGENCY_ADMITTED],
        [start, encounters.ed_departure[rows]],
        none,
    )
    discharge = np.where(hospital, booking.discharge[rows], none)
    left = ~np.isnat(discharge)
    status = np.select([planned | scheduled, cancelled | missed, left], [3, 2, 1], 0)
    type_, class_ = _types(chart, rows)
    units, services, facilities = _units()
    place = booking.department[rows]
    calls = kind == Kind.TELEPHONE
    return {
        "ENCNTR_ID": chart.encounter[rows],
        "PERSON_ID": chart.owner(rows),
        "REG_DT_TM": np.where(expected, none, start + np.where(emergency, 9, 0) * MINUTE),
        "ARRIVE_DT_TM": np.where(expected | calls, none, start - early),
        "EST_ARRIVE_DT_TM": np.where(expected, start, none),
        "INPATIENT_ADMIT_DT_TM": admitted,
        "DISCH_DT_TM": discharge,
        "ENCNTR_STATUS_CD": Coded(
            np.array(["Active", "Discharged", "Cancelled", "Preadmit"], object), status
        ),
        "ENCNTR_TYPE_CD": type_,
        "ENCNTR_TYPE_CLASS_CD": class_,
        "ADMIT_SRC_CD": Coded(
            np.array(["Physician Referral", "Emergency Room"], object),
            np.where(hospital, emergency.astype(np.int64), -1),
        ),
        "ADMIT_TYPE_CD": Coded(
            np.array(["Elective", "Emergency"], object),
            np.where(hospital, emergency.astype(np.int64), -1),
        ),
        "DISCH_DISPOSITION_CD": Coded(
            np.array(DISPOSITION_NAMES, object), np.where(left, encounters.disposition[rows], -1)
        ),
        "MED_SERVICE_CD": Coded(services, place),
        "LOC_FACILITY_CD": Coded(facilities, place),
        "LOC_NURSE_UNIT_CD": Coded(units, place),
        "ACTIVE_IND": np.ones(len(rows)),
        "END_EFFECTIVE_DT_TM": np.full(len(rows), OPEN),
    }


def _mistaken_registrations(chart: Chart) -> Columns:
    """Return emergency visits that somebody registered under the wrong patient, taken back."""
    truth, streams = chart.history.truth, chart.history.streams
    rng = streams.of("mistaken registrations")
    stays = truth.stay_of[truth.surgeries.performed]
    gone = stays[~np.isnat(chart.history.booking.discharge[stays])]
    gone = gone[rng.random(len(gone)) < WRONG_REGISTRATION]
    size = len(gone)
    arrival = chart.history.booking.discharge[gone] + rng.integers(1, 25, size) * DAY
    units, services, facilities = _units()
    place = np.full(size, catalogue().department("ED_MAIN"))
    none = np.full(size, NOT_A_TIME)
    return {
        "ENCNTR_ID": FIRST_MISTAKE + streams.spread(np.arange(size)),
        "PERSON_ID": chart.owner(gone),
        "REG_DT_TM": arrival + 9 * MINUTE,
        "ARRIVE_DT_TM": arrival,
        "EST_ARRIVE_DT_TM": none,
        "INPATIENT_ADMIT_DT_TM": none,
        "DISCH_DT_TM": arrival + HOUR,
        "ENCNTR_STATUS_CD": repeated("Discharged", size),
        "ENCNTR_TYPE_CD": repeated("Emergency", size),
        "ENCNTR_TYPE_CLASS_CD": repeated("Emergency", size),
        "ADMIT_SRC_CD": repeated("Emergency Room", size),
        "ADMIT_TYPE_CD": repeated("Emergency", size),
        "DISCH_DISPOSITION_CD": repeated("Home or Self Care", size),
        "MED_SERVICE_CD": Coded(services, place),
        "LOC_FACILITY_CD": Coded(facilities, place),
        "LOC_NURSE_UNIT_CD": Coded(units, place),
        "ACTIVE_IND": np.zeros(size),
        "END_EFFECTIVE_DT_TM": arrival + 2 * HOUR,
    }


def _aliases(chart: Chart, rows: Array) -> Columns:
    """Return the financial number of each hospital encounter, once again, ended, for some."""
    history = chart.history
    rows = rows[history.booking.account[rows] >= 0]
    again = rows[history.streams.of("financial numbers").random(len(rows)) < WRONG_STAGE]
    encounter = np.r_[rows, again]
    old = np.arange(len(encounter)) >= len(rows)
    fin = history.booking.account[encounter] + np.where(old, 500_000_000, 0)
    return {
        "ENCNTR_ALIAS_ID": FIRST_ALIAS + history.streams.spread(np.arange(len(encounter))),
        "ENCNTR_ID": chart.encounter[encounter],
        "ALIAS": texts(fin),
        "ENCNTR_ALIAS_TYPE_CD": repeated("FIN NBR", len(encounter)),
        "ALIAS_POOL_CD": repeated("Main Hospital FIN", len(encounter)),
        "ACTIVE_IND": active(old),
        "END_EFFECTIVE_DT_TM": open_until(old, history.truth.encounters.start[encounter] + DAY),
    }


def _stages(chart: Chart) -> tuple[Columns, Array]:
    """Return the stages of hospital encounters, and the keys of those that were taken back.

    The first stage of an emergency visit is one in the emergency department only where the
    visit left that trace; a visit that went on to a ward has a second stage there.
    """
    truth, booking, streams = chart.history.truth, chart.history.booking, chart.history.streams
    encounters, rng = truth.encounters, streams.of("stages")
    real = np.flatnonzero(booking.real_stay)
    moved = real[np.isin(encounters.kind[real], (Kind.EMERGENCY_ADMITTED, Kind.EMERGENCY_OBSERVED))]
    planned = real[np.isin(encounters.kind[real], (Kind.STAY, Kind.ADMISSION))]
    wrong = planned[rng.random(len(planned)) < WRONG_STAGE]
    encounter = np.r_[real, moved, wrong]
    stage = np.repeat([0, 1, 2], [len(real), len(moved), len(wrong)])
    traced = encounters.base_class[encounter] & (stage == 0)
    department = np.where(traced, encounters.department[encounter], booking.department[encounter])
    department = np.where(stage == 2, catalogue().department("ED_MAIN"), department)
    goes_on = np.zeros(len(encounters), bool)
    goes_on[moved] = True
    begin = np.where(
        stage == 1, encounters.ed_departure[encounter], encounters.start[encounter] + 9 * MINUTE
    )
    left = booking.discharge[encounter]
    end = np.where(
        (stage == 0) & goes_on[encounter],
        encounters.ed_departure[encounter],
        np.where(np.isnat(left), OPEN, left),
    )
    type_, _ = _types(chart, encounter)
    emergency = traced | (stage == 2)
    names = np.append(type_.pool, "Emergency")
    units, services, _ = _units()
    order = np.lexsort((begin, chart.encounter[encounter]))
    key = FIRST_STAGE + streams.spread(np.arange(len(order)))
    columns: Columns = {
        "ENCNTR_ID": chart.encounter[encounter],
        "LOC_NURSE_UNIT_CD": Coded(units, department),
        "ENCNTR_TYPE_CD": Coded(names, np.where(emergency, len(names) - 1, type_.codes)),
        "MED_SERVICE_CD": Coded(services, department),
        "BEG_EFFECTIVE_DT_TM": begin,
        "END_EFFECTIVE_DT_TM": np.where(stage == 2, begin + HOUR, end),
        "ACTIVE_IND": active(stage == 2),
    }
    ordered: Columns = {name: column[order] for name, column in columns.items()}
    return {"ENCNTR_LOC_HIST_ID": key, **ordered}, texts(key[stage[order] == 2])
