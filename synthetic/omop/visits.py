"""Visits: what kind each was, when it began and ended, and where people went."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import department_ids
from ehrkit.synthetic.care.vocabulary import (
    DISPOSITION_NAMES,
    ENCOUNTER_TYPES,
    Disposition,
    Kind,
)
from ehrkit.synthetic.clarity.movements import patient_classes
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
# Kinds of unit; also of the whole visit, where an emergency visit left no trace as such.
UNIT_CONCEPTS = {
    Kind.STAY: INPATIENT,
    Kind.ADMISSION: INPATIENT,
    Kind.EMERGENCY_ADMITTED: INPATIENT,
    Kind.EMERGENCY_OBSERVED: OBSERVATION,
}
# Home is 0: the CDM takes it that people go home.
DISCHARGED_TO = {
    Disposition.HOME_HEALTH: 38004519,
    Disposition.SKILLED_NURSING: 8863,
    Disposition.REHABILITATION: 8920,
    Disposition.LEFT_AGAINST_ADVICE: 4021968,
    Disposition.EXPIRED: 4216643,
}


def by_kind(concepts: dict[Kind, int], other: int) -> Array:
    """Return a concept per kind of encounter."""
    return np.array([concepts.get(kind, other) for kind in Kind])


def visit_tables(loading: Loading) -> dict[str, Columns]:
    """Return the visits of one block."""
    return {"visit_occurrence": _visits(loading)}


def span(prefix: str, start: Array, end: Array) -> Columns:
    """Return the four columns of a time with start and end."""
    return {
        f"{prefix}_start_date": start,
        f"{prefix}_start_datetime": start,
        f"{prefix}_end_date": end,
        f"{prefix}_end_datetime": end,
    }


def _visits(loading: Loading) -> Columns:
    history = loading.history
    encounters, booking = history.truth.encounters, history.booking
    rows = loading.visits
    kind, person = encounters.kind[rows], loading.person(rows)
    emergency = loading.emergency[rows]
    untraced = encounters.emergency()[rows] & ~emergency
    place = np.where(emergency, encounters.department[rows], booking.department[rows])
    left = (booking.account[rows] >= 0) & ~np.isnat(booking.discharge[rows])
    disposition = np.where(left, encounters.disposition[rows], int(Disposition.NONE))
    goes = np.array([DISCHARGED_TO.get(place, UNKNOWN) for place in Disposition])
    return {
        "visit_occurrence_id": booking.csn[rows],
        "person_id": person,
        "visit_concept_id": np.where(
            untraced,
            by_kind(UNIT_CONCEPTS, OUTPATIENT)[kind],
            by_kind(VISIT_CONCEPTS, OUTPATIENT)[kind],
        ),
        **span("visit", encounters.start[rows], loading.end[rows]),
        "visit_type_concept_id": provenance(loading.unfinished[rows]),
        "care_site_id": department_ids(place),
        "visit_source_value": _source_names(loading),
        "visit_source_concept_id": np.zeros(len(rows), np.int64),
        "admitted_from_concept_id": np.zeros(len(rows), np.int64),
        "discharged_to_concept_id": goes[disposition],
        "discharged_to_source_value": Coded(np.array(DISPOSITION_NAMES, dtype=object), disposition),
        "preceding_visit_occurrence_id": _preceding(
            person, encounters.start[rows], booking.csn[rows]
        ),
    }


def _source_names(loading: Loading) -> Coded:
    """Return the last class of hospital contacts, the type of others, as the chart has them."""
    rows = loading.visits
    classes = patient_classes(loading.history.truth, rows)
    types = np.array([ENCOUNTER_TYPES.get(one, "") for one in Kind], dtype=object)
    other = len(classes.pool) + loading.history.truth.encounters.kind[rows]
    return Coded(
        np.concatenate([classes.pool, types]), np.where(classes.codes >= 0, classes.codes, other)
    )


def provenance(unfinished: Array) -> Array:
    """Return the kind of record: visits that nobody closed are marked."""
    return np.where(unfinished, STILL_PATIENT, ENCOUNTER_RECORD)


def _preceding(person: Array, start: Array, number: Array) -> Array:
    """Return the number of the same person's visit before, -1 at the first."""
    order = np.lexsort((number, start, person))
    before = np.full(len(order), -1, dtype=np.int64)
    same = np.flatnonzero(person[order[1:]] == person[order[:-1]])
    before[order[same + 1]] = number[order[same]]
    return before
