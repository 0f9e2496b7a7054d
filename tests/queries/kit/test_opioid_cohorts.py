"""New users of opioids, and prolonged use after surgery: both sides of every rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.queries.databases import Databases
from tests.queries.kit.events import fill
from tests.queries.kit.people import WITHOUT_SPARK, People, observed, operation, picked, stay, visit

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
SEEN = observed("2018-01-01", "2024-12-31")
SURGERY = (stay("2022-06-01", "2022-06-03"), operation("0SG00A0", "2022-06-01"))
LAST_SEEN = visit("2023-06-01", "outpatient")


def on(day: int, code: str = "7804", start: str = "2022-06-01", **more: object):
    """Thirty tablets of 5 mg oxycodone, 225 MME, or of another drug."""
    return fill(code, (date.fromisoformat(start) + timedelta(day)).isoformat(), **more)


def test_new_users(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("first ever", SEEN, on(0))
    people.add("day 365 before", SEEN, on(-365), on(0))
    people.add("day 366 before", SEEN, on(-366), on(0))
    people.add("given in hospital before", SEEN, on(-9, setting="administered"), on(0))
    people.add("no days of supply", SEEN, on(0, days=None))
    people.add("given", SEEN, on(0, setting="administered"))
    people.add("ordered", SEEN, on(0, setting="ordered"))
    people.add("buprenorphine", SEEN, on(0, code="1819"))
    people.add("too young", SEEN, on(0), born="2004-06-02")
    people.add("just 18", SEEN, on(0), born="2004-06-01")
    people.add("observed 365", observed("2021-06-01", "2023-01-01"), on(0))
    people.add("observed 364", observed("2021-06-02", "2023-01-01"), on(0))
    people.add("too early", SEEN, on(0, start="2017-12-31"))
    rows = people.members("new-opioid-users", databases, dialect)
    # A first fill of 2021 is the new use of those who had another one a year later.
    assert {who: [row["index_date"] for row in each] for who, each in rows.items()} == {
        "first ever": [date(2022, 6, 1)],
        "day 365 before": [date(2021, 6, 1)],
        "day 366 before": [date(2021, 5, 31)],
        "given in hospital before": [date(2022, 6, 1)],
        "ordered": [date(2022, 6, 1)],
        "just 18": [date(2022, 6, 1)],
        "observed 365": [date(2022, 6, 1)],
    }
    later = people.members("new-opioid-users", databases, dialect, since="2022-01-01")
    assert "day 365 before" not in later
    assert [row["index_date"] for row in later["day 366 before"]] == [date(2022, 6, 1)]
    shorter = people.members(
        "new-opioid-users", databases, dialect, since="2022-01-01", naive_days="180"
    )
    assert "day 365 before" in shorter


def test_what_new_users_were_given(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("a", SEEN, on(0), on(0, code="5489"), on(90), on(91), on(30, strength=None))
    rows = people.members("new-opioid-users", databases, dialect)
    # 225 of oxycodone and 150 of hydrocodone; on day 90 another 225, of day 30 nothing is known.
    assert picked(rows, "first_mme", "fill_days_90d", "mme_90d") == {"a": [(375.0, 3, 600.0)]}


def test_prolonged_use(databases: Databases, dialect: str) -> None:
    people = People()
    days = {89: 0, 90: 1, 180: 1, 181: 0}
    for day in days:
        people.add(f"day {day}", *SURGERY, LAST_SEEN, on(3), on(day))
    people.add("none", *SURGERY, LAST_SEEN)
    people.add("given", *SURGERY, LAST_SEEN, on(100, setting="administered"))
    rows = people.members("prolonged-opioid-use", databases, dialect)
    assert picked(rows, "prolonged") == {
        **{f"day {day}": [(value,)] for day, value in days.items()},
        "none": [(0,)],
        "given": [(0,)],
    }
    assert picked(rows, "perioperative")["day 90"] == [(1,)]
    assert picked(rows, "fill_days", "first_fill_date", "mme")["day 90"] == [
        (1, date(2022, 8, 30), 225.0)
    ]
    assert picked(rows, "perioperative", "fill_days", "mme")["none"] == [(0, 0, None)]


def test_who_is_naive_followed_and_operated_on_once(databases: Databases, dialect: str) -> None:
    people = People()
    kept = {-366: True, -365: False, -31: False, -30: True}
    for day, _ in kept.items():
        people.add(f"fill on {day}", *SURGERY, LAST_SEEN, on(day))
    again = {0: True, 1: False, 180: False, 181: True}
    for day in again:
        when = date(2022, 6, 1) + timedelta(day)
        second = operation("0SG10A0", when.isoformat(), encounter_id="second")
        people.add(f"surgery on {day}", *SURGERY, second, LAST_SEEN)
    people.add("followed 180", *SURGERY, visit("2022-11-28", "outpatient"))
    people.add("followed 179", *SURGERY, visit("2022-11-27", "outpatient"))
    people.add("died on 179", *SURGERY, LAST_SEEN, died="2022-11-27")
    people.add("17", *SURGERY, LAST_SEEN, born="2004-06-02")
    rows = people.members("prolonged-opioid-use", databases, dialect)
    wanted = {f"fill on {day}" for day, keep in kept.items() if keep}
    wanted |= {f"surgery on {day}" for day, keep in again.items() if keep}
    assert set(rows) == wanted | {"followed 180"}


def test_around_surgery(databases: Databases, dialect: str) -> None:
    people = People()
    days = {-30: 1, 14: 1, 15: 0}
    for day in days:
        people.add(str(day), *SURGERY, LAST_SEEN, on(day))
    rows = people.members("prolonged-opioid-use", databases, dialect)
    assert picked(rows, "perioperative") == {str(day): [(value,)] for day, value in days.items()}
