"""Encounters: one table for visits, calls, surgeries, stays and emergency visits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.vocabulary import (
    EMERGENCY_KINDS,
    HOSPITAL_KINDS,
    NO_SERVICE,
    Disposition,
    Kind,
    Service,
    Status,
)
from ehrkit.synthetic.rows import Array, Rows, stable_order

NOT_A_TIME = np.datetime64("NaT", "s")
# For dates: a date plus DAY would become an instant.
CALENDAR_DAY = np.timedelta64(1, "D")
DAY = np.timedelta64(86_400, "s")
HOUR = np.timedelta64(3_600, "s")
MINUTE = np.timedelta64(60, "s")


@dataclass(frozen=True)
class Encounters(Rows):
    """One row per encounter; times are local, in seconds.

    `kind`, `status`, `disposition` and `service` (or -1) are those of vocabulary.py.
    `surgery` and `complication` are the rows of what it belongs to, or -1. `ed_departure` is
    when an emergency visit left the department. The four signal columns say which traces an
    emergency visit leaves in the chart. `outside` visits happened elsewhere: they are true,
    and not in the chart. `discharge_missing` and `old_record` are planted trouble.
    """

    person: Array
    kind: Array
    start: Array
    end: Array
    department: Array
    surgery: Array
    status: Array
    disposition: Array
    reason: Array
    ed_departure: Array
    ed_record: Array
    base_class: Array
    class_or_department: Array
    revenue: Array
    outside: Array
    discharge_missing: Array
    old_record: Array
    service: Array
    complication: Array

    def emergency(self) -> Array:
        """Return a mask of true emergency visits."""
        return np.isin(self.kind, EMERGENCY_KINDS)

    def hospital(self) -> Array:
        """Return a mask of contacts with a hospital record in the chart."""
        return np.isin(self.kind, HOSPITAL_KINDS) & ~self.outside


def new_encounters(
    person: Array,
    kind: Kind | Array,
    start: Array,
    end: Array,
    *,
    department: int | Array = -1,
    surgery: Array | int = -1,
    status: Status | Array = Status.COMPLETED,
    disposition: Disposition | Array = Disposition.NONE,
    reason: Array | int = -1,
    ed_departure: Array | np.datetime64 = NOT_A_TIME,
    outside: Array | bool = False,
    service: Service | Array | int = NO_SERVICE,
) -> Encounters:
    """Return encounters with every signal that their kind leaves by default."""
    size = len(person)
    kinds = np.broadcast_to(np.asarray(kind, dtype=np.int8), size).copy()
    outer = np.broadcast_to(np.asarray(outside, dtype=bool), size).copy()
    emergency = np.isin(kinds, EMERGENCY_KINDS) & ~outer
    return Encounters(
        person=person.astype(np.int64),
        kind=kinds,
        start=start.astype("datetime64[s]"),
        end=end.astype("datetime64[s]"),
        department=np.broadcast_to(np.asarray(department, dtype=np.int16), size).copy(),
        surgery=np.broadcast_to(np.asarray(surgery, dtype=np.int64), size).copy(),
        status=np.broadcast_to(np.asarray(status, dtype=np.int8), size).copy(),
        disposition=np.broadcast_to(np.asarray(disposition, dtype=np.int8), size).copy(),
        reason=np.broadcast_to(np.asarray(reason, dtype=np.int64), size).copy(),
        ed_departure=np.broadcast_to(np.asarray(ed_departure, "datetime64[s]"), size).copy(),
        ed_record=emergency.copy(),
        base_class=emergency.copy(),
        class_or_department=emergency & (kinds == Kind.EMERGENCY),
        revenue=emergency.copy(),
        outside=outer,
        discharge_missing=np.zeros(size, bool),
        old_record=np.zeros(size, bool),
        service=np.broadcast_to(np.asarray(service, dtype=np.int8), size).copy(),
        complication=np.full(size, -1, dtype=np.int64),
    )


def separate(encounters: Encounters, priority: Array) -> Array:
    """Return a mask that keeps no two overlapping encounters of one person.

    A lower number wins; inside one priority the earlier one wins. Times that touch
    are no overlap.
    """
    start = on_one_axis(encounters.person, encounters.start)
    end = on_one_axis(encounters.person, encounters.end)
    kept = np.zeros(len(start), bool)
    for level in np.unique(priority):
        candidates = np.flatnonzero(priority == level)
        candidates = candidates[~_overlaps(start, end, candidates, np.flatnonzero(kept))]
        kept[_first_come(start, end, candidates)] = True
    return kept


def on_one_axis(person: Array, time: Array) -> Array:
    """Return every person's time as seconds on one axis, a generous lifetime apart."""
    seconds: Array = (time - np.datetime64("1900-01-01T00:00:00", "s")).astype(np.int64)
    return seconds + person.astype(np.int64) * (200 * 366 * 86_400)


def _overlaps(start: Array, end: Array, candidates: Array, accepted: Array) -> Array:
    if not len(accepted):
        return np.zeros(len(candidates), bool)
    ordered = accepted[stable_order(start[accepted])]
    before = np.searchsorted(start[ordered], end[candidates], side="left") - 1
    last_end = end[ordered][np.maximum(before, 0)]
    return (before >= 0) & (last_end > start[candidates])


def _first_come(start: Array, end: Array, candidates: Array) -> Array:
    """Drop what starts before its predecessor ends, until nothing overlaps."""
    ordered = candidates[stable_order(start[candidates])]
    while True:
        late = np.r_[True, start[ordered[1:]] >= end[ordered[:-1]]] if len(ordered) else ordered > 0
        if late.all():
            return ordered
        ordered = ordered[late]
