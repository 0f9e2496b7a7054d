"""Rows come by person, then by day: two exports of one chart can be compared line by line."""

from __future__ import annotations

import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.kit.named import load_query, run_query
from tests.queries.databases import Databases
from tests.queries.kit.events import fill, result
from tests.queries.kit.people import People, observed, operation, stay
from tests.queries.plain_data import PLAIN

DAYS = {
    "body-mass-index": "index_date",
    "charlson": "index_date",
    "discharge-disposition": "discharge_date",
    "elixhauser": "index_date",
    "encounters": "start_date",
    "hospital-stays": "admission_date",
    "length-of-stay": "start_date",
    "levels-fused": "surgery_date",
    "opioid-mme": "index_date",
    "readmission-cms-hwr": "discharge_date",
    "readmission-ncqa-pcr": "discharge_date",
    "score-change": "index_date",
    "team-spinal-fusion-episodes": "start_date",
}
EVERY = ("body-mass-index", "charlson", "elixhauser", "opioid-mme", "score-change")
# What is one stay, joined, has no second encounter on a day.
ONE_A_DAY = ("discharge-disposition", "hospital-stays", "readmission-cms-hwr",
             "readmission-ncqa-pcr")  # fmt: skip


def chart() -> People:
    """Two people, each with three operations, put down in no order."""
    people = People()
    for who, spare in (("b", "1"), ("a", "2")):
        events = [observed("2020-01-01", "2024-12-31"), result("39156-5", "02-01", 31)]
        for encounter, first, last in (("y", "03-10", "03-12"), ("z", "01-10", "01-14"),
                                       ("x", "01-10", "01-15")):  # fmt: skip
            events.append(stay(first, last, encounter_id=f"{encounter}{spare}"))
            events += [operation("0SG00AJ", first), operation("402", first, "drg")]
        people.add(who, *events, fill("7804", "02-01"))
    return people


@pytest.mark.parametrize("query", sorted(DAYS))
def test_rows_come_by_person_day_and_encounter(databases: Databases, query: str) -> None:
    engine = databases.open("duckdb", chart().tables())
    values = {"keep": "every"} if query in EVERY else {}
    reader = run_query(load_query(query, values), load_adapter(str(PLAIN)), engine)
    rows = reader.read_all().to_pylist()
    found = [(row["person_id"], row[DAYS[query]].month, row["encounter_id"]) for row in rows]
    days = [(1, "x"), (3, "y")] if query in ONE_A_DAY else [(1, "x"), (1, "z"), (3, "y")]
    assert found == [(who, month, f"{encounter}{spare}") for who, spare in (("a", "2"), ("b", "1"))
                     for month, encounter in days]  # fmt: skip
