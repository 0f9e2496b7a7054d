"""Picking one event: first, last, nth, nearest, with every tie told."""

from __future__ import annotations

from datetime import datetime

EARLY = datetime(1, 1, 1)


def pick(rows, keep, start, place=1, field=None):
    """Return the picked row: of the picked event, the row that counts."""
    ordered = sorted(rows, key=lambda row: (_order(row, keep, start), _within(row, field)))
    events = {}
    for row in ordered:
        events.setdefault(row.key, row)
    return list(events.values())[place - 1] if len(events) >= place else None


def _order(row, keep, start):
    number = row.date.toordinal()
    moment = ((row.time or EARLY) - EARLY).total_seconds()
    if keep == "last":
        return (-number, row.time is None, -moment, _Backwards(_id(row)))
    distance = abs((row.date - start).days) if keep == "nearest" else 0
    return (distance, number, row.time is None, moment, _id(row))


def _id(row):
    """Order events of a day: by relation, then id; a cohort's row has its encounter's."""
    if row.relation == "cohort":
        return (row.relation, row.encounter is None, row.encounter or "")
    return (row.relation, False, str(row.identity))


class _Backwards:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return other.value < self.value

    def __eq__(self, other):
        return other.value == self.value


def _within(row, field):
    """Order rows of one event, date and instant: code, then field or end and encounter.

    Unknown ones come last.
    """
    if field is None:
        rest = (row.end_date, row.end_time, row.encounter)
    else:
        rest = (row.fields.get(field),)
    return [(one is None, 0 if one is None else one) for one in (row.code, *rest)]
