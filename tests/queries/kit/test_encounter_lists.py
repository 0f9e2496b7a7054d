"""Encounters listed by kind, and how long each lasts."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.databases import Databases
from tests.queries.kit.people import WITHOUT_SPARK, People, picked, stay, visit

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)


@pytest.fixture
def people() -> People:
    people = People()
    people.add("admitted", stay("02-28 23:59", "03-01 00:01", disposition="Home"))
    people.add("same day", stay("01-01 08:00", "01-01 20:00"))
    people.add("no end", stay("01-01", None))
    people.add("no start", stay(None, "01-05"))
    people.add("observed", stay("01-01", "01-03", "observation"))
    people.add("both", visit("01-01 10:00", encounter_id="one"),
               stay("01-02", "01-05", encounter_id="one"))  # fmt: skip
    people.add("both on a day", stay("01-01", "01-02", encounter_id="two"),
               visit("01-01", encounter_id="two"))  # fmt: skip
    return people


def test_encounters_of_every_kind_or_one(
    databases: Databases, dialect: str, people: People
) -> None:
    first, second = date(2024, 1, 1), date(2024, 1, 2)
    found = picked(people.run("encounters", databases, dialect), "kind", "start_date", "end_date")
    assert found == {
        "admitted": [("inpatient", date(2024, 2, 28), date(2024, 3, 1))],
        "same day": [("inpatient", first, first)],
        "no end": [("inpatient", first, None)],
        "no start": [],
        "observed": [("observation", first, date(2024, 1, 3))],
        "both": [("emergency", first, first), ("inpatient", second, date(2024, 1, 5))],
        "both on a day": [("emergency", first, first), ("inpatient", first, second)],
    }
    rows = people.run("encounters", databases, dialect, kind="observation")
    assert [who for who, each in rows.items() if each] == ["observed"]
    (row,) = people.run("encounters", databases, dialect)["admitted"]
    assert (str(row["start_time"]), str(row["end_time"]), row["disposition"]) == (
        "2024-02-28 23:59:00", "2024-03-01 00:01:00", "Home",
    )  # fmt: skip


def test_length_of_stay(databases: Databases, dialect: str, people: People) -> None:
    rows = people.run("length-of-stay", databases, dialect)
    assert picked(rows, "days", "end_date") == {
        "admitted": [(2, date(2024, 3, 1))],
        "same day": [(0, date(2024, 1, 1))],
        "no end": [(None, None)],
        "no start": [],
        "observed": [],
        "both": [(3, date(2024, 1, 5))],
        "both on a day": [(1, date(2024, 1, 2))],
    }
    observed = people.run("length-of-stay", databases, dialect, kind="observation")
    assert {who: each for who, each in picked(observed, "days").items() if each} == {
        "observed": [(2,)]
    }
