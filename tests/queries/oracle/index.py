"""The index: found, entered, washout, keep, between; the rules stand in `interpreter`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class IndexEvent:
    """One (person, date, encounter) and its earliest known instant."""

    person: str
    date: date | None
    encounter: str | None
    time: datetime | None = None


def found(study):
    """Return the index events that the selector, or the calendar, finds."""
    table = study.definition["index"]
    if "calendar" in table:
        dates = {study.values.date(one) for one in _list(table["calendar"])}
        return {IndexEvent(person, day, None) for person in study.persons for day in dates}
    times = {}
    for one in study.events(table):
        known = times.setdefault((one.person, one.date, one.encounter), [])
        known += [] if one.time is None else [one.time]
    return {IndexEvent(*key, min(known, default=None)) for key, known in times.items()}


def _list(raw):
    return raw if isinstance(raw, list) else [raw]


def entered(study, events):
    return {one for one in events if one.date is not None and one.person in study.persons}


def washed(events, days):
    """Drop events with another of the same person 1 to `days` days before."""
    return {
        one
        for one in events
        if not any(
            other.person == one.person and 1 <= (one.date - other.date).days <= days
            for other in events
        )
    }


def kept(study, events):
    """Keep one event per person, as `keep` says."""
    table = study.definition["index"]
    people = {}
    for one in events:
        people.setdefault(one.person, []).append(one)
    how = table.get("keep", "first")
    place = study.values.number(table["nth"]) - 1 if how == "nth" else 0
    chosen = [sorted(mine, key=_first)[place : place + 1] for mine in people.values()]
    if how == "last":
        chosen = [[_last(mine)] for mine in people.values()]
    return {one for some in chosen for one in some}


def _first(event):
    return (event.date, event.encounter is None, event.encounter or "")


def _last(events):
    return max(events, key=lambda one: (one.date, one.encounter is not None, one.encounter or ""))


def between(study, events):
    first, last = (study.values.date(raw) for raw in study.definition["index"]["between"])
    return {one for one in events if first <= one.date <= last}
