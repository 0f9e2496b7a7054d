"""ENCOUNTER and ENCNTR_ALIAS of Millennium: what was registered, and its financial number."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.admission import REGISTRATION, admitted, inpatient_from
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
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.kinds import last_types, units
from ehrkit.synthetic.cerner.validity import OPEN, active, open_until
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, joined, repeated

FIRST_ALIAS, FIRST_MISTAKE = 300_000_000, 600_000_000
MINUTE = np.timedelta64(60, "s")
# Performed surgeries after which somebody registered an emergency visit under the wrong name, and
# hospital encounters that first had another financial number. Design choice.
WRONG_REGISTRATION, WRONG_NUMBER = 0.04, 0.04


def encounter_tables(chart: Chart) -> Drawn:
    """Return the encounter tables of one block."""
    encounters = chart.history.truth.encounters
    rows = np.flatnonzero(chart.encounter >= 0)
    rows = rows[np.argsort(chart.encounter[rows])]
    columns, mistakes = _encounters(chart, rows), _mistaken_registrations(chart)
    tables = {
        "ENCOUNTER": joined([columns, mistakes]),
        "ENCNTR_ALIAS": _aliases(chart, rows),
    }

    def keys(mask: Array) -> Array:
        return texts(chart.encounter[rows[mask[rows]]])

    missed = np.isin(encounters.status, NOT_SEEN) & ~encounters.hospital()
    planted = [
        ("preadmission", "ENCOUNTER", keys(encounters.kind == Kind.PREADMISSION)),
        ("cancelled-admission", "ENCOUNTER", keys(encounters.kind == Kind.CANCELLED_ADMISSION)),
        ("visit-not-kept", "ENCOUNTER", keys(missed)),
        ("discharge-missing", "ENCOUNTER", keys(encounters.discharge_missing)),
        ("encounter-taken-back", "ENCOUNTER", texts(np.asarray(mistakes["ENCNTR_ID"]))),
    ]
    return Drawn(tables, planted)


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
    discharge = np.where(hospital, booking.discharge[rows], none)
    left = ~np.isnat(discharge)
    status = np.select([planned | scheduled, cancelled | missed, left], [3, 2, 1], 0)
    type_, class_ = last_types(chart, rows)
    unit, services, facilities = units()
    place = booking.department[rows]
    calls = kind == Kind.TELEPHONE
    return {
        "ENCNTR_ID": chart.encounter[rows],
        "PERSON_ID": chart.owner(rows),
        "REG_DT_TM": np.where(expected, none, admitted(encounters)[rows]),
        "ARRIVE_DT_TM": np.where(expected | calls, none, start - early),
        "EST_ARRIVE_DT_TM": np.where(expected, start, none),
        "INPATIENT_ADMIT_DT_TM": inpatient_from(encounters)[rows],
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
            np.array(["Elective", "Urgent", "Emergency"], object),
            np.select([~hospital, emergency, chart.history.truth.urgent()[rows]], [-1, 2, 1], 0),
        ),
        "DISCH_DISPOSITION_CD": Coded(
            np.array(DISPOSITION_NAMES, object), np.where(left, encounters.disposition[rows], -1)
        ),
        "MED_SERVICE_CD": Coded(services, place),
        "LOC_FACILITY_CD": Coded(facilities, place),
        "LOC_NURSE_UNIT_CD": Coded(unit, place),
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
    unit, services, facilities = units()
    place = np.full(size, catalogue().department("ED_MAIN"))
    none = np.full(size, NOT_A_TIME)
    return {
        "ENCNTR_ID": FIRST_MISTAKE + streams.spread(np.arange(size)),
        "PERSON_ID": chart.owner(gone),
        "REG_DT_TM": arrival + REGISTRATION,
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
        "LOC_NURSE_UNIT_CD": Coded(unit, place),
        "ACTIVE_IND": np.zeros(size),
        "END_EFFECTIVE_DT_TM": arrival + 2 * HOUR,
    }


def _aliases(chart: Chart, rows: Array) -> Columns:
    """Return the financial number of each hospital encounter, once again, ended, for some."""
    history = chart.history
    rows = rows[history.booking.account[rows] >= 0]
    again = rows[history.streams.of("financial numbers").random(len(rows)) < WRONG_NUMBER]
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
