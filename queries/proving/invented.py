"""Invented patients, typed by hand in TOML, as tables of the schema `logical`.

A row may leave out what is obvious: event ids are numbered, a date follows from an
instant, an encounter's event id is its own, and a code without a vocabulary is of the
relation's first one. Without an `observation`, a person is observed from the first to
the last day of any row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from ehrkit.core.spelling import suggest
from ehrkit.queries.language.dates import iso_date
from ehrkit.queries.language.parameters import LARGEST
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.sections import Section
from ehrkit.queries.spelling import with_article

SHORT = {"date": "event_date", "time": "event_time", "end": "end_date", "encounter": "encounter_id"}
TYPED = (
    "person",
    "observation",
    "encounter",
    "procedure",
    "condition",
    "medication",
    "measurement",
    "note",
    "device_day",
)
TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "date": ((date,), "a date, YYYY-MM-DD"),
    "time": ((datetime,), "an instant without a zone, such as 2020-03-01T09:00:00"),
    "text": ((str,), "a text"),
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Patient:
    """An invented patient: what the test says of it, and its rows per relation."""

    label: str
    person_id: str
    rows: dict[str, list[Row]] = field(default_factory=dict)


def read_patient(table: Section, number: int) -> Patient:
    """Take one patient's label and rows.

    Raises:
        DataError: a relation or a column that there is not, or a value of another type.
    """
    label = table.need("label", str)
    table.offer(TYPED)
    rows = {}
    for relation in [name for name in TYPED if name in table.table]:
        given = [table.sub(relation)] if relation == "person" else table.subs(relation)
        rows[relation] = [_row(one, relation, n) for n, one in enumerate(given, 1) if one]
    patient = Patient(label, f"patient {number}", rows)
    rows.setdefault("person", [{}])
    if "observation" not in rows and (days := _days(rows)):
        rows["observation"] = [{"start_date": min(days), "end_date": max(days)}]
    return patient


def _row(table: Section, relation: str, number: int) -> Row:
    columns = RELATIONS[relation].columns
    row: Row = {}
    for key in list(table.table):
        name = SHORT.get(key, key) if key not in columns else key
        if name not in columns or name == "person_id":
            near = suggest(key, [*columns, *SHORT])
            what = with_article(relation.replace("_", " "))
            raise table.error(f"{what} has no such column", key=key, hint=near)
        row[name] = _typed(table, key, columns[name][0])
    return _filled(row, relation, number)


def _typed(table: Section, key: str, kind: str) -> Any:
    value = table.take(key, object)
    if isinstance(value, str) and kind in ("date", "time"):
        value = iso_date(value) if kind == "date" else _instant(value)
    types, words = TYPES[kind]
    large = isinstance(value, int) and abs(value) > LARGEST
    if type(value) not in types or large or getattr(value, "tzinfo", None) is not None:
        raise table.error(f"must be {words}", key=key)
    return value


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _filled(row: Row, relation: str, number: int) -> Row:
    columns = RELATIONS[relation].columns
    for day, time in (("event_date", "event_time"), ("end_date", "end_time")):
        if isinstance(row.get(time), datetime) and row.get(day) is None:
            row[day] = row[time].date()
    if "vocabulary" in columns:
        row.setdefault("vocabulary", RELATIONS[relation].vocabularies[0])
    if "event_id" in columns:
        own = row.get("encounter_id") if relation == "encounter" else None
        row.setdefault("event_id", own or f"{relation} {number}")
        if relation == "encounter":
            row.setdefault("encounter_id", row["event_id"])
    return row


def _days(rows: dict[str, list[Row]]) -> list[date]:
    found = (row.get(key) for one in rows.values() for row in one for key in SHORT.values())
    return [day for day in found if type(day) is date]


def tables_of(patients: Iterable[Patient]) -> dict[str, pa.Table]:
    """Return the patients as tables of the schema `logical`, by UPPER-CASE name."""
    listed = list(patients)
    tables = {}
    for name, relation in RELATIONS.items():
        rows = [
            row | {"person_id": patient.person_id}
            for patient in listed
            for row in patient.rows.get(name, [])
        ]
        table = pa.Table.from_pylist(rows, schema=relation.schema())
        tables[f"EHRKIT_{name.upper()}"] = table.replace_schema_metadata(None)
    return tables
