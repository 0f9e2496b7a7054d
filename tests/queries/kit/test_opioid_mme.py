"""Morphine equivalents around surgery: factors, windows, both rules of overlap, what is unknown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ehrkit.queries.vocabulary.opioids import FACTORS
from tests.queries.databases import Databases
from tests.queries.kit.events import fill
from tests.queries.kit.people import WITHOUT_SPARK, People, operation, picked, stay

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
SURGERY = (stay("2024-03-01", "2024-03-03"), operation("0SG00A0", "2024-03-01"))
OXYCODONE, HYDROCODONE = "7804", "5489"
COLUMNS = ("fills", "days_covered", "total_mme", "mean_daily_mme", "max_daily_mme", "unknown")


def on(day: int, *, code: str = OXYCODONE, quantity: float = 40.0, days: int = 10, **more: object):
    """Four tablets of 5 mg a day for ten days: 30 MME a day, 300 in all."""
    text = (date(2024, 3, 1) + timedelta(day)).isoformat()
    return fill(code, text, strength=5.0, quantity=quantity, days=days, **more)


def mme(people: People, databases: Databases, dialect: str, **values: str):
    return picked(people.run("opioid-mme", databases, dialect, **values), *COLUMNS)


def test_windows(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("inside", *SURGERY, on(0))
    people.add("reaches in", *SURGERY, on(-4))
    people.add("ends the day before", *SURGERY, on(-10))
    people.add("reaches out", *SURGERY, on(85))
    people.add("starts on the last day", *SURGERY, on(90))
    people.add("starts a day late", *SURGERY, on(91))
    people.add("ends on the first day", *SURGERY, on(-9))
    people.add("one day, then another", *SURGERY, on(0, quantity=4, days=1), on(1))
    people.add("nothing", *SURGERY)
    assert mme(people, databases, dialect) == {
        "inside": [(1, 10, 300.0, 30.0, 30.0, 0)],
        "reaches in": [(1, 6, 180.0, 30.0, 30.0, 0)],
        "ends the day before": [(0, 0, 0.0, None, None, 0)],
        "reaches out": [(1, 6, 180.0, 30.0, 30.0, 0)],
        "starts on the last day": [(1, 1, 30.0, 30.0, 30.0, 0)],
        "starts a day late": [(0, 0, 0.0, None, None, 0)],
        "ends on the first day": [(1, 1, 30.0, 30.0, 30.0, 0)],
        "one day, then another": [(2, 11, 330.0, 30.0, 30.0, 0)],
        "nothing": [(0, 0, 0.0, None, None, 0)],
    }
    before = mme(people, databases, dialect, first_day="-30", last_day="-1")
    assert before["ends the day before"] == [(1, 10, 300.0, 30.0, 30.0, 0)]
    assert before["reaches in"] == [(1, 4, 120.0, 30.0, 30.0, 0)]


def test_overlaps_add_up_or_wait(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("same drug", *SURGERY, on(0), on(6))
    people.add("other drug", *SURGERY, on(0), on(6, code=HYDROCODONE))
    people.add("apart", *SURGERY, on(0), on(20))
    people.add("three", *SURGERY, on(0), on(0), on(5))
    # Two early refills, then one that comes after the queue has ended.
    people.add("queue", *SURGERY, on(0), on(1), on(2), on(40))
    # Of five, twenty and ten days: one after the other they last until day 34.
    uneven = (on(0, quantity=20, days=5), on(1, quantity=80, days=20), on(2))
    people.add("uneven", *SURGERY, *uneven)
    add, delay = (mme(people, databases, dialect, overlap=rule) for rule in ("add", "delay"))
    assert add["same drug"] == [(2, 16, 600.0, 37.5, 60.0, 0)]
    assert delay["same drug"] == [(2, 20, 600.0, 30.0, 30.0, 0)]
    # Hydrocodone: four tablets of 5 mg are 20 MME a day.
    assert add["other drug"] == delay["other drug"] == [(2, 16, 500.0, 31.25, 50.0, 0)]
    assert add["apart"] == delay["apart"] == [(2, 20, 600.0, 30.0, 30.0, 0)]
    assert add["three"] == [(3, 15, 900.0, 60.0, 90.0, 0)]
    assert delay["three"] == [(3, 30, 900.0, 30.0, 30.0, 0)]
    assert add["queue"] == [(4, 22, 1200.0, 54.55, 90.0, 0)]
    assert delay["uneven"] == [(3, 35, 1050.0, 30.0, 30.0, 0)]
    assert delay["queue"] == [(4, 40, 1200.0, 30.0, 30.0, 0)]


def test_each_operation_has_its_own_window(databases: Databases, dialect: str) -> None:
    people = People()
    again = (stay("2024-08-01", "2024-08-03"), operation("0SG10A0", "2024-08-01"))
    unknown = _changed(on(154), {"strength": None})
    people.add("two", *SURGERY, on(0), *again, on(153), on(153, code=HYDROCODONE), unknown)
    soon = (stay("2024-03-05", "2024-03-07"), operation("0SG10A0", "2024-03-05"))
    people.add("in one window", *SURGERY, on(0), *soon)
    first = (1, 10, 300.0, 30.0, 30.0, 0)
    assert mme(people, databases, dialect, keep="every") == {
        "two": [first, (2, 10, 500.0, 50.0, 50.0, 1)],
        "in one window": [first, (1, 6, 180.0, 30.0, 30.0, 0)],
    }
    assert mme(people, databases, dialect) == {"two": [first], "in one window": [first]}


def test_what_is_delayed_may_leave_the_window_or_reach_it(
    databases: Databases, dialect: str
) -> None:
    people = People()
    people.add("out", *SURGERY, on(80), on(81))
    people.add("in", *SURGERY, on(-12), on(-11))
    delay = mme(people, databases, dialect, overlap="delay")
    # Days 80 to 89, and of the second fill day 90 alone.
    assert delay["out"] == [(2, 11, 330.0, 30.0, 30.0, 0)]
    # The second fill runs from day -2 to 7.
    assert delay["in"] == [(1, 8, 240.0, 30.0, 30.0, 0)]


def test_what_is_unknown(databases: Databases, dialect: str) -> None:
    people = People()
    lacks = {
        "strength": {"strength": None},
        "unit": {"strength_unit": None},
        "odd unit": {"strength_unit": "[iU]"},
        "quantity": {"quantity": None},
        "days": {"days_supply": None},
        "no days": {"days_supply": 0},
    }
    for name, row in lacks.items():
        people.add(name, *SURGERY, _changed(on(3), row))
    for day in (-1, 0, 90):
        people.add(f"day {day}", *SURGERY, _changed(on(day), {"strength": None}))
    both = [_changed(on(3, code=code), {"strength": None, "event_id": "both"})
            for code in (OXYCODONE, HYDROCODONE)]  # fmt: skip
    people.add("two of one fill", *SURGERY, *both)
    people.add("late", *SURGERY, _changed(on(91), {"strength": None}))
    people.add("undated", *SURGERY, _changed(on(3), {"event_time": None}))
    people.add("given", *SURGERY, on(1, setting="administered"))
    people.add("in hospital", *SURGERY, _changed(on(1), {"quantity": None, "days_supply": None}))
    people.add("no setting", *SURGERY, on(1, setting=None))
    people.add("another drug", *SURGERY, on(1, code="161"))
    found = mme(people, databases, dialect)
    nothing = (0, 0, 0.0, None, None)
    assert all(found[name] == [(*nothing, 1)] for name in lacks)
    assert all(found[name] == [(*nothing, 1)] for name in ("day 0", "day 90", "two of one fill"))
    for name in ("day -1", "late", "undated", "given", "in hospital", "another drug"):
        assert found[name] == [(*nothing, 0)]
    assert found["no setting"] == [(1, 10, 300.0, 30.0, 30.0, 0)]


def _changed(event, row):
    relation, old = event
    return relation, old | row


def test_one_row_per_event_and_ingredient_counts_once(databases: Databases, dialect: str) -> None:
    people = People()
    twice = _changed(on(1), {"event_id": "twice"})
    people.add("a", *SURGERY, twice, twice, _changed(on(1, code="161"), {"event_id": "twice"}))
    both = [_changed(on(1, code=code), {"event_id": "both"}) for code in (OXYCODONE, HYDROCODONE)]
    people.add("b", *SURGERY, *both)
    assert mme(people, databases, dialect) == {
        "a": [(1, 10, 300.0, 30.0, 30.0, 0)],
        "b": [(1, 10, 500.0, 50.0, 50.0, 0)],
    }


def test_the_factors_are_those_of_the_table(databases: Databases, dialect: str) -> None:
    people = People()
    for factor in FACTORS:
        row = {"strength_unit": f" {factor.unit.upper()} ", "strength": 100.0}
        people.add(
            f"{factor.code} {factor.unit}",
            *SURGERY,
            _changed(on(0, code=factor.code, quantity=10.0), row),
        )
    found = mme(people, databases, dialect)
    for factor in FACTORS:
        ((_, _, total, *_),) = found[f"{factor.code} {factor.unit}"]
        assert total == pytest.approx(1000 * factor.mme, abs=0.006), (factor.code, factor.unit)
