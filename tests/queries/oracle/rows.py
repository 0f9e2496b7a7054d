"""The tables of the `plain` adapter as logical relations, without that adapter."""

from __future__ import annotations

from datetime import datetime

from tests.queries.plain_data import TABLES

DATED = ("birth_date", "death_date", "start_date")


def day(moment):
    """Return the calendar day of an instant or a day."""
    return moment.date() if isinstance(moment, datetime) else moment


def plain_code(text):
    """Return a code as codes compare: no blanks around, upper case, no dots."""
    return None if text is None else text.strip().upper().replace(".", "")


def logical(data):
    """Return relation name -> rows with the columns of the logical relations."""
    return {name: [_row(name, row) for row in data.get(name, [])] for name in TABLES}


def _row(relation, row):
    row = dict.fromkeys(TABLES[relation][1]) | row
    found = dict(row)
    for name in DATED:
        if name in row:
            found[name] = day(row[name])
    if "event_time" in row:
        found["event_date"] = day(row["event_time"])
        if row.get("untimed"):
            found["event_time"] = None
    if relation == "encounter":
        found["end_time"] = None if row.get("untimed") else row.get("end_time")
        found["end_date"] = day(row.get("end_time"))
        found["event_id"] = row["encounter_id"]
    for name in ("event_date", "end_date"):
        if name in row:
            found[name] = day(row[name])
    if "code" in row:
        found["code"] = plain_code(row["code"])
    return found
