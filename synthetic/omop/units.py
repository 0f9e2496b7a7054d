"""The units inside hospital visits: emergency department, ward, observation, operating room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.booking import department_ids
from ehrkit.synthetic.care.admission import on_ward
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.omop.visits import (
    EMERGENCY,
    OUTPATIENT,
    UNIT_CONCEPTS,
    by_kind,
    provenance,
    span,
)
from ehrkit.synthetic.rows import Array, Rows, rank_within
from ehrkit.synthetic.shaping import Coded, Columns

# The last digit of a unit's number: first unit, second unit, operating rooms from 3 on.
FIRST, SECOND, OPERATING = 1, 2, 3


@dataclass(frozen=True)
class Units(Rows):
    """One row per unit of a visit: `digit` ends its number, `department` is its place."""

    visit: Array
    digit: Array
    concept: Array
    department: Array
    start: Array
    end: Array
    unfinished: Array


def unit_tables(loading: Loading) -> dict[str, Columns]:
    """Return the units of one block."""
    units = Units.joined([*_beds(loading), _operating_rooms(loading)])
    own = loading.history.booking.csn[units.visit] * 10
    names = np.array([place[0] for place in catalogue().departments.values()], dtype=object)
    columns = {
        "visit_detail_id": own + units.digit,
        "person_id": loading.person(units.visit),
        "visit_detail_concept_id": units.concept,
        **span("visit_detail", units.start, units.end),
        "visit_detail_type_concept_id": provenance(units.unfinished),
        "care_site_id": department_ids(units.department),
        "visit_detail_source_value": Coded(names, units.department),
        "visit_detail_source_concept_id": np.zeros(len(units), np.int64),
        "preceding_visit_detail_id": np.where(units.digit == SECOND, own + FIRST, -1),
        "parent_visit_detail_id": np.where(units.digit >= OPERATING, own + FIRST, -1),
        "visit_occurrence_id": loading.history.booking.csn[units.visit],
    }
    return {"visit_detail": columns}


def theatres(loading: Loading) -> Array:
    """Return the visit_detail_id of the operating room of each surgery, -1 for none."""
    surgery, digit = _operated(loading)
    stay = loading.history.truth.stay_of
    numbers = np.full(len(stay), -1, dtype=np.int64)
    numbers[surgery] = loading.history.booking.csn[stay[surgery]] * 10 + digit
    return numbers


def _operated(loading: Loading) -> tuple[Array, Array]:
    """Return surgeries with a surgery contact, and the last digit of their operating room."""
    truth = loading.history.truth
    known = np.flatnonzero(truth.contact_of >= 0)
    surgery = known[loading.visit[truth.contact_of[known]] >= 0]
    # A stay may hold several surgeries.
    return surgery, OPERATING - 1 + rank_within(truth.stay_of[surgery])


def _beds(loading: Loading) -> tuple[Units, Units]:
    """Return first units of hospital visits, and those after the emergency department.

    Movements say when the ward began, the record of the emergency department when that ended:
    the two overlap where no movement shows the department.
    """
    encounters, booking = loading.history.truth.encounters, loading.history.booking
    rows = loading.visits[booking.account[loading.visits] >= 0]
    emergency, kind = loading.emergency[rows], encounters.kind[rows]
    moves = emergency & (kind != Kind.EMERGENCY)
    concept = by_kind(UNIT_CONCEPTS, OUTPATIENT)[kind]
    department, unfinished = booking.department[rows], loading.unfinished[rows]
    start, end = encounters.start[rows], loading.end[rows]
    ward = on_ward(encounters)[rows]
    departure = np.where(encounters.ed_record[rows], encounters.ed_departure[rows], ward)
    first = Units(
        visit=rows,
        digit=np.full(len(rows), FIRST),
        concept=np.where(emergency, EMERGENCY, concept),
        department=np.where(emergency, encounters.department[rows], department),
        start=start,
        end=np.where(moves, departure, end),
        unfinished=unfinished & ~moves,
    )
    second = Units(rows, np.full(len(rows), SECOND), concept, department, ward, end, unfinished)
    return first, second.take(moves)


def _operating_rooms(loading: Loading) -> Units:
    truth = loading.history.truth
    surgery, digit = _operated(loading)
    stay, contact = truth.stay_of[surgery], truth.contact_of[surgery]
    return Units(
        visit=stay,
        digit=digit,
        concept=by_kind(UNIT_CONCEPTS, OUTPATIENT)[truth.encounters.kind[stay]],
        department=loading.history.booking.department[contact],
        start=truth.encounters.start[contact],
        end=truth.encounters.end[contact],
        unfinished=np.zeros(len(surgery), dtype=bool),
    )
