"""Output columns: counts, dates, sums, and fields of one picked event."""

from __future__ import annotations

from datetime import timedelta

from tests.queries.oracle import windows
from tests.queries.oracle.anchors import anchor
from tests.queries.oracle.criteria import counted, right_number
from tests.queries.oracle.picking import pick

FIELDS = {"measurement": "value", "device_day": "steps", "encounter": "length_of_stay"}


def column(study, one, table):
    """Return the value of one column; empty where the anchor is unknown."""
    if "person" in table:
        told = study.persons[one.person].get(table["person"])
        return told if table["person"] == "birth_date" else told or "unknown"
    start = anchor(study, one, table.get("after", "index"))
    fitting = windows.fitting(study, one, table, start)
    if fitting is None:
        return None
    value = table.get("value", "any")
    if value in ("any", "count"):
        number = counted(study, one, table)
        return number if value == "count" else int(right_number(study, table, number))
    dates = [event.date for event in fitting]
    if value in ("first_date", "last_date"):
        return (min if value == "first_date" else max)(dates, default=None)
    if value == "days_to":
        return (min(dates) - start.date).days if dates else None
    return _of_field(table, value, fitting, start)


def _of_field(table, value, fitting, start):
    field = table.get("field") or _default(table)
    if value == "text":
        value, field = "nearest", "text"
    if value in ("first", "last", "nearest"):
        event = pick(fitting, value, start.date, field=field)
        return None if event is None else shown(event, field, start)
    different = {(event.key, event.code, shown(event, field, start)) for event in fitting}
    numbers = [number for _, _, number in different if number is not None]
    if not numbers:
        return None
    total = sum(sorted(numbers))
    return {"sum": total, "min": min(numbers), "max": max(numbers), "mean": total / len(numbers)}[
        value
    ]


def _default(table):
    """Return the field of a relation, also where a union has several items of it."""
    if "gap" in table:
        return "days_covered"
    items = table.get("events", [table])
    return next((FIELDS[key] for key in FIELDS if all(key in item for item in items)), None)


def shown(event, field, start):
    """Return a field of an event; `days` are counted from the anchor's day."""
    return (event.date - start.date).days if field == "days" else event.fields[field]


def outcome(study, one, table, follow_up_end):
    """Return the three columns of a time-to-event outcome."""
    event, days, reason = _outcome(study, one, table, follow_up_end)
    name = table["name"]
    return {name: event, f"{name}_days": days, f"{name}_reason": reason}


def _outcome(study, one, table, follow_up_end):
    start = anchor(study, one, table.get("after", "index"))
    fitting = windows.fitting(study, one, table, start)
    if fitting is None:
        return None, None, None
    end, reason = _end(study, table, start, follow_up_end)
    dates = [event.date for event in fitting if end is None or event.date <= end]
    if dates:
        return 1, (min(dates) - start.date).days, "event"
    if end is None or end < start.date:
        return None, None, None
    return 0, (end - start.date).days, reason


def _end(study, table, start, follow_up_end):
    end, reason = follow_up_end
    last = study.values.bound(table["days"][1]) if "days" in table else None
    if last is None:
        return end, reason
    last_day = start.date + timedelta(days=last)
    return (end, reason) if end is not None and end <= last_day else (last_day, "window")
