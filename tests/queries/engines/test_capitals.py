"""Events whose ids differ in capitals alone are two, whatever a database takes for equal."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.proving.invented import Patient, tables_of
from ehrkit.queries.reading import read_cohort
from ehrkit.queries.running import run_cohort
from ehrkit.queries.sections import Section
from tests.queries.databases import EXECUTED, Databases

DAYS = """
id = "days"
title = "Steps and days around a visit"
index = { encounter = "outpatient", keep = "every" }

[[column]]
name = "steps"
device_day = "any"
value = "sum"
field = "steps"

[[column]]
name = "days"
device_day = "any"
value = "count"
"""
DAY = date(2020, 1, 5)
WORN = [{"event_id": name, "event_date": DAY, "steps": 1000, "valid": 1} for name in "bB"]
VISITS = [
    {"event_id": name, "encounter_id": name, "event_date": DAY, "kind": "outpatient"}
    for name in "vV"
]


@pytest.mark.parametrize("dialect", EXECUTED)
def test_capitals_tell_events_apart(databases: Databases, dialect: str) -> None:
    rows = {"person": [{}], "device_day": WORN, "encounter": VISITS}
    cohort = read_cohort(Section(tomllib.loads(DAYS), "days"), {}, {})
    engine = databases.open(dialect, tables_of([Patient("one", "P", rows)]))
    found = run_cohort(cohort, load_adapter("logical"), engine).read_all().to_pylist()
    assert sorted(row["encounter_id"] for row in found) == ["V", "v"]
    assert [(row["steps"], row["days"]) for row in found] == [(2000, 2), (2000, 2)]
