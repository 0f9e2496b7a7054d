"""Writing canonical rows into DuckDB and SQLite, for the schema of `plain/`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

PLAIN = Path(__file__).parent / "plain"
TABLES = {
    "person": ("PERSON_ROWS", {"person_id": "", "birth_date": "t", "sex": "", "death_date": "t"}),
    "encounter": (
        "ENCOUNTER_ROWS",
        {"person_id": "", "encounter_id": "", "kind": "", "start_time": "t", "end_time": "t"},
    ),
    "procedure": (
        "PROCEDURE_ROWS",
        {
            "person_id": "",
            "encounter_id": "",
            "event_id": "",
            "event_time": "t",
            "vocabulary": "",
            "code": "",
        },
    ),
    "condition": (
        "CONDITION_ROWS",
        {
            "person_id": "",
            "encounter_id": "",
            "event_id": "",
            "event_time": "t",
            "vocabulary": "",
            "code": "",
        },
    ),
}


def fill(connection, data, *, text_times):
    for relation, (table, columns) in TABLES.items():
        types = [
            f"{name} {'TIMESTAMP' if kind and not text_times else 'TEXT'}"
            for name, kind in columns.items()
        ]
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} ({', '.join(types)})"
            if not text_times
            else f"CREATE TABLE {table} ({', '.join(types)})"
        )
        rows = [
            [_cell(row.get(name), kind, text_times) for name, kind in columns.items()]
            for row in data[relation]
        ]
        if rows:
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _cell(value, kind, text_times):
    return value.isoformat(sep=" ") if kind and text_times and value is not None else value


def duckdb_with(data):
    connection = duckdb.connect()
    fill(connection, data, text_times=False)
    return connection


def sqlite_with(data):
    connection = sqlite3.connect(":memory:")
    fill(connection, data, text_times=True)
    return connection
