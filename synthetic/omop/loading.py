"""What a loader decides once: whose a record is, which contacts are visits, and when they end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.clinical import seen
from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT

LAST_MOMENT = (EXTRACT + CALENDAR_DAY).astype("datetime64[s]") - np.timedelta64(1, "s")


@dataclass(frozen=True)
class Loading:
    """The decisions, and the history that they are about.

    Attributes:
        survivor: per patient record, the record that it became; its own where it was not merged.
        number: per patient record, its person_id: the digits of the survivor's PAT_ID; -1 for
            test patients.
        visits: the rows of encounters that are visits, in the order of their numbers.
        visit: per encounter, the row of the encounter that is its visit, or -1. A surgery
            contact belongs to its stay.
        emergency: per encounter, whether the chart holds any of four traces of an emergency visit:
            the derived record, the base class, the last class or department, and charges.
        end: per encounter, when the visit ended; never missing on a visit.
        unfinished: per encounter, whether that end is no discharge: somebody still in house on the
            day of the extract, or a stay that was never closed and ends with its last activity.
    """

    history: History
    survivor: Array
    number: Array
    visits: Array
    visit: Array
    emergency: Array
    end: Array
    unfinished: Array

    def person(self, encounter: Array) -> Array:
        """Return the person_id of each encounter."""
        return self.number[self.history.booking.record[encounter]]

    def visit_number(self, encounter: Array) -> Array:
        """Return the visit_occurrence_id of each encounter, -1 where it is no visit."""
        visit = self.visit[encounter]
        return np.where(visit >= 0, self.history.booking.csn[visit], -1)

    def kept(self, encounter: Array) -> Array:
        """Return the positions of those rows whose encounter is a visit or a part of one."""
        return np.flatnonzero(self.visit[encounter] >= 0)


def decide(history: History) -> Loading:
    """Return what a loader makes of one block."""
    survivor = _survivors(history)
    number = person_numbers(history.booking.pat_ids)[survivor]
    people = history.truth.people
    number[np.flatnonzero(people.test)] = -1
    visit = _visits(history, number)
    rows = np.flatnonzero(visit == np.arange(len(visit)))
    rows = rows[np.argsort(history.booking.csn[rows], kind="stable")]
    emergency = _traced(history)
    return Loading(history, survivor, number, rows, visit, emergency, *_ends(history, visit))


def person_numbers(pat_ids: Array) -> Array:
    """Return the digits of patient keys: Z1234567 is 1234567."""
    return np.array([int(key[1:]) for key in pat_ids.tolist()], dtype=np.int64)


def _survivors(history: History) -> Array:
    records, size = history.records, len(history.truth.people)
    survivor = np.arange(size + len(records))
    merged = np.flatnonzero(records.merged)
    survivor[size + merged] = records.person[merged]
    return survivor


def _visits(history: History, number: Array) -> Array:
    """Return the row of each encounter's visit, -1 for what did not take place."""
    truth = history.truth
    took_place = seen(truth) & (number[history.booking.record] >= 0)
    own = np.arange(len(took_place))
    contact = np.flatnonzero(truth.encounters.kind == Kind.SURGERY_CONTACT)
    own[contact] = -1
    # The same row for the contact and its stay; a case that was cancelled has neither.
    real = np.flatnonzero(truth.contact_of >= 0)
    own[truth.contact_of[real]] = truth.stay_of[real]
    return np.where(took_place & (own >= 0) & took_place[own], own, -1)


def _traced(history: History) -> Array:
    encounters = history.truth.encounters
    traces = ("ed_record", "base_class", "class_or_department", "revenue")
    seen_any = np.logical_or.reduce([getattr(encounters, trace) for trace in traces])
    mask: Array = encounters.emergency() & seen_any
    return mask


def _ends(history: History, visit: Array) -> tuple[Array, Array]:
    """Return ends of visits, and whether they are guesses."""
    encounters, booking = history.truth.encounters, history.booking
    hospital = booking.account >= 0
    departed = (encounters.kind == Kind.EMERGENCY) & encounters.ed_record
    told = np.where(hospital, booking.discharge, encounters.end)
    told = np.where(np.isnat(told) & departed, encounters.ed_departure, told)
    unfinished = (visit >= 0) & np.isnat(told) & hospital
    in_house = unfinished & np.isnat(encounters.end)
    end = np.where(np.isnat(told), encounters.start, told)
    lost = np.flatnonzero(unfinished & ~in_house)
    end[lost] = _last_activity(history, visit, lost)[lost]
    # Who leaves within the hour that autumn repeats leaves, by the clock, before coming.
    end = np.maximum(end, encounters.start)
    return np.where(in_house, LAST_MOMENT, end), unfinished


def _last_activity(history: History, visit: Array, lost: Array) -> Array:
    """Return the last moment that is recorded of some visits."""
    encounters, surgeries = history.truth.encounters, history.truth.surgeries
    results, orders = history.results, history.prescriptions
    notes = [note for note in history.notes if not note.deleted]
    written = np.array([note.encounter for note in notes], dtype=np.int64)
    wanted = np.zeros(len(visit) + 1, dtype=bool)
    wanted[lost] = True
    latest = encounters.start.copy()
    for encounter, time in (
        (results.encounter, results.resulted),
        (orders.encounter, orders.time),
        (history.services.encounter, history.services.performed),
        (history.truth.stay_of, surgeries.close),
        (lost, encounters.ed_departure[lost]),
        (written, np.array([note.created for note in notes], dtype="datetime64[s]")),
    ):
        rows = np.flatnonzero(wanted[visit[encounter]] & ~np.isnat(time))
        np.maximum.at(latest, visit[encounter[rows]], time[rows])
    return latest
