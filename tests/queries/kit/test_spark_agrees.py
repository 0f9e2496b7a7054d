"""Whole queries and cohorts on Spark give the rows that they give on DuckDB."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from tests.queries.databases import ON_SPARK, Databases
from tests.queries.kit.events import fill, result, worn
from tests.queries.kit.people import People, diagnosis, observed, operation, stay, visit

QUERIES = {
    "charlson": {"keep": "every"},
    "elixhauser": {"index_admission": "present"},
    "body-mass-index": {"after": "5"},
    "opioid-mme": {"overlap": "delay", "first_day": "-30"},
    "score-change": {"tolerance": "300"},
}
COHORTS = (
    "new-opioid-users",
    "prolonged-opioid-use",
    "labs-before-surgery",
    "peak-creatinine-after-surgery",
    "smoking-at-surgery",
    "reoperation-free-survival",
    "worn-before-surgery",
)
DIAGNOSES = (
    "I50.9",
    "E11.9",
    "E11.40",
    "C61",
    "C79.51",
    "K74.60",
    "K76.7",
    "B20",
    "E66.01",
    "D50.0",
)
RESULTS = (
    ("4548-4", 6.1, "%"),
    ("4548-4", 48.0, "mmol/mol"),
    ("1751-7", 41.0, "g/L"),
    ("718-7", 13.2, "g/dL"),
    ("2160-0", 1.1, "mg/dL"),
    ("2160-0", 120.0, "umol/L"),
    ("39156-5", 31.0, "kg/m2"),
    ("29463-7", 2857.0, "oz"),
    ("8302-2", 63.0, "in"),
    ("91721-1", 41.5, "{Tscore}"),
)


def day(rng: random.Random, low: int, high: int) -> str:
    return (date(2022, 6, 1) + timedelta(rng.randint(low, high))).isoformat()


@pytest.fixture(scope="module")
def people() -> People:
    """Sixty patients with a bit of everything near their surgery."""
    rng, made = random.Random(63), People()
    for number in range(60):
        events = [observed("2018-01-01", "2024-12-31"), stay("2022-06-01", "2022-06-04")]
        events.append(operation("0SG00A0", "2022-06-01 08:00"))
        for _ in range(rng.randint(0, 5)):
            code, present = rng.choice(DIAGNOSES), rng.choice(["yes", "no", None])
            loose = rng.random() < 0.5
            events.append(
                diagnosis(code, day(rng, -400, 3), present_on_admission=present, loose=loose)
            )
        for _ in range(rng.randint(0, 6)):
            drug = rng.choice(["7804", "5489", "10689"])
            events.append(fill(drug, day(rng, -60, 200), days=rng.choice([5, 10, 30, None])))
        for _ in range(rng.randint(0, 12)):
            code, value, unit = rng.choice(RESULTS)
            events.append(result(code, day(rng, -100, 400), value + rng.randint(0, 5), unit))
        text = rng.choice(["Former Smoker", "Current every day smoker", None])
        events.append(result("72166-2", day(rng, -500, 30), None, value_text=text))
        events += [worn(day(rng, -7, -1)) for _ in range(rng.randint(0, 7))]
        events.append(visit(day(rng, 30, 900), "outpatient"))
        if rng.random() < 0.3:
            events += [visit(day(rng, 1, 700)), operation("0SG10A0", day(rng, 1, 700))]
        died = day(rng, 200, 900) if rng.random() < 0.2 else None
        made.add(f"p{number}", *events, died=died)
    return made


def flat(rows: dict[str, list[dict[str, object]]]) -> list[tuple[object, ...]]:
    """Return all rows, numbers rounded to what a double keeps of a sum in any order."""
    found = [tuple(row.values()) for _, each in sorted(rows.items()) for row in each]
    return [tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in found]


@pytest.mark.parametrize("dialect", [ON_SPARK])
@pytest.mark.parametrize("name", QUERIES)
def test_queries(databases: Databases, people: People, name: str, dialect: str) -> None:
    wanted = flat(people.run(name, databases, "duckdb", **QUERIES[name]))
    assert len(wanted) >= 60
    assert flat(people.run(name, databases, dialect, **QUERIES[name])) == wanted


@pytest.mark.parametrize("dialect", [ON_SPARK])
@pytest.mark.parametrize("name", COHORTS)
def test_cohorts(databases: Databases, people: People, name: str, dialect: str) -> None:
    wanted = flat(people.members(name, databases, "duckdb"))
    assert len(wanted) >= 5
    assert flat(people.members(name, databases, dialect)) == wanted
