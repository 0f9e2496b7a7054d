"""Visits, and the units inside hospital visits."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import department_ids
from ehrkit.synthetic.care.vocabulary import (
    DISPOSITION_NAMES,
    ENCOUNTER_TYPES,
    PATIENT_CLASSES,
    Disposition,
    Kind,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.omop.concepts import UNKNOWN
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

INPATIENT, OUTPATIENT, EMERGENCY, OBSERVATION = 9201, 9202, 9203, 581385
EMERGENCY_AND_INPATIENT, TELEPHONE = 262, 5083
ENCOUNTER_RECORD, STILL_PATIENT = 32827, 32220
VISIT_CONCEPTS = {
    Kind.TELEPHONE: TELEPHONE,
    Kind.STAY: INPATIENT,
    Kind.ADMISSION: INPATIENT,
    Kind.EMERGENCY: EMERGENCY,
    Kind.EMERGENCY_OBSERVED: EMERGENCY,
    Kind.EMERGENCY_ADMITTED: EMERGENCY_AND_INPATIENT,
}
# Home is 0: the CDM takes it that people go home.
DISCHARGED_TO = {
    Disposition.HOME_HEALTH: 38004519,
    Disposition.SKILLED_NURSING: 8863,
    Disposition.REHABILITATION: 8920,
    Disposition.LEFT_AGAINST_ADVICE: 4021968,
    Disposition.EXPIRED: 4216643,
}
# The last digit of a unit's number: first unit, second unit, operating room.
FIRST, SECOND, OPERATING = 1, 2, 3


def by_kind(concepts: dict[Kind, int], other: int) -> Array:
    """Return a concept per kind of encounter."""
    return np.array([concepts.get(kind, other) for kind in Kind])


def visit_tables(loading: Loading) -> dict[str, Columns]:
    """Return visits and their units."""
    return {"visit_occurrence": _visits(loading), "visit_detail": _units(loading)}


def span(prefix: str, start: Array, end: Array) -> Columns:
    """Return the four columns of a time with start and end."""
    return {
        f"{prefix}_start_date": start,
        f"{prefix}_start_datetime": start,
        f"{prefix}_end_date": end,
        f"{prefix}_end_datetime": end,
    }


def unit_numbers(loading: Loading, visit: Array, place: int) -> Array:
    """Return visit_detail_id: the visit's number and one digit."""
    return loading.history.booking.csn[visit] * 10 + place


def _visits(loading: Loading) -> Columns:
    history = loading.history
    encounters, booking = history.truth.encounters, history.booking
    rows = loading.visits
    kind, person = encounters.kind[rows], loading.person(rows)
    emergency = encounters.emergency()[rows]
    place = np.where(emergency, encounters.department[rows], booking.department[rows])
    left = (booking.account[rows] >= 0) & ~np.isnat(booking.discharge[rows])
    disposition = np.where(left, encounters.disposition[rows], int(Disposition.NONE))
    goes = np.array([DISCHARGED_TO.get(place, UNKNOWN) for place in Disposition])
    names = [PATIENT_CLASSES.get(one, ENCOUNTER_TYPES.get(one, "")) for one in Kind]
    return {
        "visit_occurrence_id": booking.csn[rows],
        "person_id": person,
        "visit_concept_id": by_kind(VISIT_CONCEPTS, OUTPATIENT)[kind],
        **span("visit", encounters.start[rows], loading.end[rows]),
        "visit_type_concept_id": _provenance(loading, rows),
        "care_site_id": department_ids(place),
        "visit_source_value": Coded(np.array(names, dtype=object), kind),
        "visit_source_concept_id": np.zeros(len(rows), np.int64),
        "admitted_from_concept_id": np.zeros(len(rows), np.int64),
        "discharged_to_concept_id": goes[disposition],
        "discharged_to_source_value": Coded(np.array(DISPOSITION_NAMES, dtype=object), disposition),
        "preceding_visit_occurrence_id": _preceding(
            person, encounters.start[rows], booking.csn[rows]
        ),
    }


def _provenance(loading: Loading, rows: Array) -> Array:
    return np.where(loading.unfinished[rows], STILL_PATIENT, ENCOUNTER_RECORD)


def _preceding(person: Array, start: Array, number: Array) -> Array:
    """Return the number of the same person's visit before, -1 at the first."""
    order = np.lexsort((number, start, person))
    before = np.full(len(order), -1, dtype=np.int64)
    same = np.flatnonzero(person[order[1:]] == person[order[:-1]])
    before[order[same + 1]] = number[order[same]]
    return before


def _units(loading: Loading) -> Columns:
    """Return first units, wards after the emergency department, and operating rooms."""
    truth, booking = loading.history.truth, loading.history.booking
    encounters, rows = truth.encounters, loading.visits
    hospital = rows[booking.account[rows] >= 0]
    emergency = encounters.emergency()[hospital]
    moved = hospital[emergency & (encounters.kind[hospital] != Kind.EMERGENCY)]
    contact = np.flatnonzero(
        (loading.visit >= 0) & (loading.visit != np.arange(len(loading.visit)))
    )
    first = by_kind({Kind.STAY: INPATIENT, Kind.ADMISSION: INPATIENT}, OUTPATIENT)
    second = by_kind({Kind.EMERGENCY_ADMITTED: INPATIENT}, OBSERVATION)
    wards = np.isin(hospital, moved)
    end = np.where(wards, encounters.ed_departure[hospital], loading.end[hospital])
    theatre = loading.visit[contact]
    visit = np.r_[hospital, moved, theatre]
    place = np.repeat((FIRST, SECOND, OPERATING), (len(hospital), len(moved), len(contact)))
    unit = np.r_[
        np.where(emergency, encounters.department[hospital], booking.department[hospital]),
        booking.department[moved],
        booking.department[contact],
    ]
    concept = np.r_[
        np.where(emergency, EMERGENCY, first[encounters.kind[hospital]]),
        second[encounters.kind[moved]],
        first[encounters.kind[theatre]],
    ]
    start = np.r_[
        encounters.start[hospital], encounters.ed_departure[moved], encounters.start[contact]
    ]
    unfinished = np.r_[
        loading.unfinished[hospital] & ~wards,
        loading.unfinished[moved],
        np.zeros(len(contact), bool),
    ]
    names = np.array([place[0] for place in catalogue().departments.values()], dtype=object)
    own = booking.csn[visit] * 10
    return {
        "visit_detail_id": own + place,
        "person_id": loading.person(visit),
        "visit_detail_concept_id": concept,
        **span("visit_detail", start, np.r_[end, loading.end[moved], encounters.end[contact]]),
        "visit_detail_type_concept_id": np.where(unfinished, STILL_PATIENT, ENCOUNTER_RECORD),
        "care_site_id": department_ids(unit),
        "visit_detail_source_value": Coded(names, unit),
        "visit_detail_source_concept_id": np.zeros(len(visit), np.int64),
        "preceding_visit_detail_id": np.where(place == SECOND, own + FIRST, -1),
        "parent_visit_detail_id": np.where(place == OPERATING, own + FIRST, -1),
        "visit_occurrence_id": booking.csn[visit],
    }
