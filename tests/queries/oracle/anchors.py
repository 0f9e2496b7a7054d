"""Anchors: the day, instant and encounter that windows are counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tests.queries.oracle import follow_up, picking, windows

ORDER = {"inpatient": 1, "observation": 2, "outpatient": 3, "emergency": 4}


@dataclass(frozen=True)
class Anchor:
    """An unknown day is None; then nothing fits."""

    date: date | None = None
    time: datetime | None = None
    encounter: str | None = None


def anchor(study, one, name):
    """Return the named anchor of an index event."""
    if name == "index":
        return Anchor(one.date, one.time, one.encounter)
    if name == "discharge":
        return Anchor(*discharge(study, one), one.encounter)
    if name == "follow-up-end":
        return Anchor(follow_up.end(study, one)[0], None, one.encounter)
    tables = {table["name"]: table for table in study.definition.get("event", [])}
    if name in tables:
        event = named_event(study, one, tables[name])
        return Anchor() if event is None else Anchor(event.date, event.time, event.encounter)
    event = named_event(study, one, tables[name.removesuffix("-end")])
    return Anchor() if event is None else Anchor(event.end_date, event.end_time, event.encounter)


def discharge(study, one):
    """Return the date and instant at which the index event's encounter ends."""
    rows = study.encounter_rows(one.person, one.encounter)
    best = min((ORDER.get(row["kind"], 5) for row in rows), default=None)
    ends = [
        (row["end_date"], row["end_time"])
        for row in rows
        if ORDER.get(row["kind"], 5) == best and row["end_date"] is not None
    ]
    last = max((day for day, _ in ends), default=None)
    times = [time for day, time in ends if day == last and time is not None]
    return last, max(times, default=None)


def named_event(study, one, table):
    """Return the one event that `[[event]]` names, or None."""
    start = anchor(study, one, table.get("after", "index"))
    fitting = windows.fitting(study, one, table, start)
    if not fitting:
        return None
    keep = table.get("keep", "first")
    place = study.values.number(table["nth"]) if keep == "nth" else 1
    return picking.pick(fitting, keep, start.date, place)
