"""Running a shipped cohort on hand-made patients."""

from __future__ import annotations

from typing import Any

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import run_cohort
from ehrkit.queries.vocabulary.codesets import load_code_sets
from tests.queries.databases import Databases
from tests.queries.kit.people import People
from tests.queries.plain_data import PLAIN


def cohort_rows(
    people: People, name: str, databases: Databases, dialect: str, **values: str
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a cohort by person; who is not in it is not in the answer."""
    tables = people.tables()
    cohort = load_cohort(name, values=values, code_sets=load_code_sets())
    engine = databases.open(dialect, tables)
    rows = run_cohort(cohort, load_adapter(str(PLAIN)), engine).read_all().to_pylist()
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["person_id"], []).append(row)
    return found
