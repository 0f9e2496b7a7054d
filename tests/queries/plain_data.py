"""Writing canonical rows into DuckDB and SQLite, for the schema of `plain/`.

Rows are dicts; what a row leaves out is NULL, and a relation that is left out is empty. Dates are
kept as instants, so that a test sees the adapter make calendar dates of them.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

PLAIN = Path(__file__).parent / "plain"
TYPES = {"text": "TEXT", "time": "TIMESTAMP", "integer": "BIGINT", "number": "DOUBLE"}


def _columns(names, **types):
    return dict.fromkeys(names.split(), "text") | types


# Of an untimed event only the date of its instant is known.
_EVENT = _columns("person_id encounter_id event_id", event_time="time", untimed="integer")
_CODED = _EVENT | _columns("vocabulary code")
TABLES = {
    "person": (
        "PERSON_ROWS",
        _columns("person_id sex race ethnicity", birth_date="time", death_date="time"),
    ),
    "observation": (
        "OBSERVATION_ROWS",
        _columns("person_id", start_date="time", end_date="time"),
    ),
    "encounter": (
        "ENCOUNTER_ROWS",
        _columns(
            "person_id encounter_id kind disposition discharged_to specialty",
            event_time="time",
            end_time="time",
            untimed="integer",
        ),
    ),
    "procedure": ("PROCEDURE_ROWS", _CODED),
    "condition": (
        "CONDITION_ROWS",
        _CODED | _columns("present_on_admission", position="integer"),
    ),
    "medication": (
        "MEDICATION_ROWS",
        _CODED
        | _columns("name setting strength_unit", end_date="time", days_supply="integer")
        | dict.fromkeys(("quantity", "strength"), "number"),
    ),
    "measurement": (
        "MEASUREMENT_ROWS",
        _CODED | _columns("value_text unit", value_number="number"),
    ),
    "note": ("NOTE_ROWS", _EVENT | _columns("kind note_text", line="integer")),
    "device_day": (
        "DEVICE_ROWS",
        _columns("person_id event_id", event_date="time")
        | dict.fromkeys(("steps", "wear_minutes", "valid"), "integer"),
    ),
    "descent": ("DESCENT_ROWS", _columns("ancestor descendant")),
}


def fill(connection, data, *, text_times):
    """Make every table anew; a database that knows no times gets them as ISO text."""
    for relation, (table, columns) in TABLES.items():
        types = ", ".join(
            f"{name} {'TEXT' if kind == 'time' and text_times else TYPES[kind]}"
            for name, kind in columns.items()
        )
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(f"CREATE TABLE {table} ({types})")
        rows = [
            [_cell(row.get(name), kind, text_times) for name, kind in columns.items()]
            for row in data.get(relation, [])
        ]
        if rows:
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _cell(value, kind, text_times):
    timed = kind == "time" and text_times and value is not None
    return value.isoformat(sep=" ") if timed else value


def duckdb_with(data):
    connection = duckdb.connect()
    fill(connection, data, text_times=False)
    return connection


def sqlite_with(data):
    connection = sqlite3.connect(":memory:")
    fill(connection, data, text_times=True)
    return connection
