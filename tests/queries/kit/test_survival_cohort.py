"""Time to the next operation: each end of observation, their order, and the rates that follow."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest

from ehrkit.queries.analysis.rates import incidence
from tests.queries.databases import Databases
from tests.queries.kit.people import WITHOUT_SPARK, People, operation, picked, stay, visit

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
START = date(2020, 6, 1)
SURGERY = (stay("2020-06-01", "2020-06-03"), operation("0SG00A0", "2020-06-01"))


def later(day: int) -> str:
    return (START + timedelta(day)).isoformat()


def seen(day: int):
    return visit(later(day), "outpatient")


def again(day: int):
    return operation("0SG10A0", later(day), encounter_id=f"again {day}")


@pytest.fixture
def people() -> People:
    made = People()
    made.add("event", *SURGERY, again(200), seen(900))
    made.add("first of two", *SURGERY, again(300), again(200), seen(900))
    made.add("same day", *SURGERY, again(0), seen(900))
    made.add("next day", *SURGERY, again(1), seen(900))
    made.add("last day", *SURGERY, again(730), seen(900))
    made.add("a day late", *SURGERY, again(731), seen(900))
    made.add("lost", *SURGERY, seen(100))
    made.add("dead", *SURGERY, seen(100), died=later(150))
    made.add("operated on and dead", *SURGERY, again(150), died=later(150))
    made.add("dead before it", *SURGERY, again(150), died=later(149))
    made.add("dead later", *SURGERY, seen(900), died=later(800))
    # The last day of all data, on which the last person is seen.
    made.add("recent", *SURGERY, seen(900), seen(1000))
    return made


def test_ends_of_observation(databases: Databases, dialect: str, people: People) -> None:
    rows = people.members("reoperation-free-survival", databases, dialect)
    found = picked(rows, "reoperation", "reoperation_days", "reoperation_reason")
    assert found == {
        "event": [(1, 200, "event")],
        "first of two": [(1, 200, "event")],
        "same day": [(0, 730, "window")],
        "next day": [(1, 1, "event")],
        "last day": [(1, 730, "event")],
        "a day late": [(0, 730, "window")],
        "lost": [(0, 100, "last-contact")],
        "dead": [(0, 150, "death")],
        "operated on and dead": [(1, 150, "event")],
        "dead before it": [(0, 149, "death")],
        "dead later": [(0, 730, "window")],
        "recent": [(0, 730, "window")],
    }
    found = picked(rows, "death", "death_days", "death_reason")
    assert found["dead"] == [(1, 150, "event")]
    assert found["dead later"] == [(0, 730, "window")]
    assert found["lost"] == [(0, 100, "last-contact")]


def test_the_end_of_the_data(databases: Databases, dialect: str) -> None:
    made = People()
    made.add("a", *SURGERY, seen(400))
    rows = made.members("reoperation-free-survival", databases, dialect)
    assert picked(rows, "reoperation_days", "reoperation_reason") == {"a": [(400, "end-of-data")]}


def test_rates_of_it(databases: Databases, dialect: str, people: People) -> None:
    rows = people.members("reoperation-free-survival", databases, dialect)
    table = pa.Table.from_pylist([row for each in rows.values() for row in each])
    (rate,) = incidence(table, "reoperation").to_pylist()
    days = 200 + 200 + 730 + 1 + 730 + 730 + 100 + 150 + 150 + 149 + 730 + 730
    assert (rate["events"], rate["rows"], rate["unknown"]) == (5, 12, 0)
    assert rate["person_years"] == pytest.approx(days / 365.25)
    assert rate["rate"] == pytest.approx(5000 / (days / 365.25))
