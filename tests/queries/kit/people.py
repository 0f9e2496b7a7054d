"""Hand-made patients for the kit: each is named after the rule that it stands beside.

    people = People()
    people.add("readmitted on day 30", stay("01-01", "01-05"), stay("02-04", "02-06"))
    rows = people.run("readmission-cms-hwr", databases, "duckdb", minimum_age="18")

Days without a year are in 2024, a leap year. What is done or found belongs to the
encounter that is named before it, unless it is `loose`. All patients of a test are
in one database, so that one statement per engine meets every rule.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from ehrkit.queries.adapting.adapters import Adapter, load_adapter
from ehrkit.queries.kit.named import load_query, run_query
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import run_cohort
from tests.queries.databases import EXECUTED, Databases
from tests.queries.plain_data import PLAIN, TABLES

ARROW = {
    "text": pa.string(), "time": pa.timestamp("us"), "integer": pa.int64(), "number": pa.float64(),
}  # fmt: skip
Event = tuple[str, dict[str, Any]]
# Spark needs seconds for a statement: each query of the kit meets it in one test; the language of
# cohorts meets it in tests of its own.
WITHOUT_SPARK = [one for one in EXECUTED if isinstance(one, str)]


def at(text: str | None) -> datetime | None:
    """Return the instant of `01-05`, `01-05 23:59` or a full ISO text."""
    if text is None:
        return None
    return datetime.fromisoformat(text if text[4:5] == "-" else f"2024-{text}")


def stay(start: str | None, end: str | None, kind: str = "inpatient", **more: Any) -> Event:
    return "encounter", {"kind": kind, "event_time": at(start), "end_time": at(end)} | more


def visit(day: str, kind: str = "emergency", **more: Any) -> Event:
    return stay(day, day, kind, **more)


def operation(code: str, day: str | None, vocabulary: str = "icd10pcs", **more: Any) -> Event:
    return "procedure", {"vocabulary": vocabulary, "code": code, "event_time": at(day)} | more


def diagnosis(code: str, day: str | None, position: int | None = 1, **more: Any) -> Event:
    found = {"vocabulary": "icd10cm", "code": code, "event_time": at(day), "position": position}
    return "condition", found | more


def observed(first: str, last: str) -> Event:
    return "observation", {"start_date": at(first), "end_date": at(last)}


def picked(rows: dict[str, list[dict[str, Any]]], *keys: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return some columns of each person's rows."""
    return {who: [tuple(one[key] for key in keys) for one in each] for who, each in rows.items()}


class People:
    """Rows of the logical relations, person by person."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {relation: [] for relation in TABLES}

    def add(
        self, name: str, *events: Event, born: str | None = "1950-06-01", died: str | None = None
    ) -> None:
        """Add a patient who is known by what it tests."""
        person = {
            "person_id": name,
            "sex": "female",
            "birth_date": at(born),
            "death_date": at(died),
        }
        self._rows["person"].append(person)
        encounter = None
        for number, (relation, row) in enumerate(events, 1):
            if relation == "encounter":
                encounter = row.get("encounter_id", f"{name} {number}")
            own = {"person_id": name, "event_id": f"{name} {number}", "encounter_id": encounter}
            own |= {"encounter_id": None} if row.get("loose") else {}
            self._rows[relation].append(own | row)

    def tables(self) -> dict[str, pa.Table]:
        """Return the tables of the plain schema."""
        return {
            table: pa.table(
                {
                    name: pa.array([row.get(name) for row in self._rows[relation]], ARROW[kind])
                    for name, kind in columns.items()
                }
            )
            for relation, (table, columns) in TABLES.items()
        }

    def run(
        self, query: str, databases: Databases, dialect: str, **values: str
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of a kit query by person; who has none is there with an empty list."""
        engine = databases.open(dialect, self.tables())
        return self._by_person(run_query(load_query(query, values), self._plain, engine))

    def follow(
        self, cohort: str, databases: Databases, dialect: str, **values: str
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of a shipped cohort by person, as `run` does."""
        engine = databases.open(dialect, self.tables())
        return self._by_person(run_cohort(load_cohort(cohort, values=values), self._plain, engine))

    def members(
        self, cohort: str, databases: Databases, dialect: str, **values: str
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of a shipped cohort by person, without who is not in it."""
        rows = self.follow(cohort, databases, dialect, **values)
        return {who: each for who, each in rows.items() if each}

    @property
    def _plain(self) -> Adapter:
        return load_adapter(str(PLAIN))

    def _by_person(self, reader: pa.RecordBatchReader) -> dict[str, list[dict[str, Any]]]:
        rows = reader.read_all().to_pylist()
        found: dict[str, list[dict[str, Any]]] = {
            person["person_id"]: [] for person in self._rows["person"]
        }
        for row in rows:
            found[row["person_id"]].append(row)
        return found
