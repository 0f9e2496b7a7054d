"""Change of a score: both windows on both sides, ties, directions, what matters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.queries.databases import Databases
from tests.queries.kit.events import result
from tests.queries.kit.people import WITHOUT_SPARK, People, operation, picked, stay

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
SURGERY = (stay("2023-01-10", "2023-01-12"), operation("0SG00A0", "2023-01-10"))


def score(days: int, value: float | None, code: str = "91721-1", **more: object):
    day = (date(2023, 1, 10) + timedelta(days)).isoformat()
    return result(code, day, value, "{Tscore}", **more)


def test_windows_of_both_scores(databases: Databases, dialect: str) -> None:
    people = People()
    baselines = {"day -91": None, "day -90": 40.0, "day 0": 40.0, "day 1": None}
    for name in baselines:
        people.add(f"baseline {name}", *SURGERY, score(int(name.split()[1]), 40), score(365, 50))
    follow_ups = {"day 274": None, "day 275": 50.0, "day 455": 50.0, "day 456": None}
    for name in follow_ups:
        people.add(f"follow-up {name}", *SURGERY, score(-1, 40), score(int(name.split()[1]), 50))
    people.add("never", *SURGERY)
    found = picked(
        people.run("score-change", databases, dialect), "baseline", "follow_up", "change"
    )
    for name, value in baselines.items():
        assert found[f"baseline {name}"] == [(value, 50.0, value and 10.0)]
    for name, value in follow_ups.items():
        assert found[f"follow-up {name}"] == [(40.0, value, value and 10.0)]
    assert found["never"] == [(None, None, None)]


def test_which_score_counts(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("last before", *SURGERY, score(-80, 30), score(-5, 40), score(365, 50))
    people.add("nearest", *SURGERY, score(-5, 40), score(350, 49), score(379, 51))
    people.add("tie", *SURGERY, score(-5, 40), score(355, 48), score(375, 52))
    people.add("unknown value", *SURGERY, score(-9, 39), score(-5, None), score(365, 50))
    people.add("another code", *SURGERY, score(-5, 40), score(365, 50, code="77865-4"))
    people.add("by name", *SURGERY, score(-5, 40, code="PROMIS-PF", vocabulary="local"))
    found = picked(people.run("score-change", databases, dialect), "baseline", "follow_up")
    assert found == {
        "last before": [(40.0, 50.0)],
        "nearest": [(40.0, 51.0)],
        "tie": [(40.0, 48.0)],
        "unknown value": [(39.0, 50.0)],
        "another code": [(40.0, None)],
        "by name": [(40.0, None)],
    }


@pytest.mark.parametrize(
    ("better", "follow_up", "wanted"),
    [
        ("higher", 45.0, (5.0, 1, 0)),
        ("higher", 44.9, (4.9, 0, 0)),
        ("higher", 35.0, (-5.0, 0, 1)),
        ("higher", 35.1, (-4.9, 0, 0)),
        ("lower", 35.0, (5.0, 1, 0)),
        ("lower", 45.0, (-5.0, 0, 1)),
    ],
)
def test_what_matters(databases, dialect, better, follow_up, wanted):
    people = People()
    people.add("a", *SURGERY, score(0, 40), score(365, follow_up))
    people.add("b", *SURGERY, score(0, 40))
    rows = people.run("score-change", databases, dialect, better=better)
    found = picked(rows, "improvement", "improved", "worsened")
    assert found == {"a": [wanted], "b": [(None, None, None)]}
    larger = people.run("score-change", databases, dialect, better=better, important="5.5")
    assert picked(larger, "improved", "worsened")["a"] == [(0, 0)]


def test_each_operation_has_its_own_scores(databases: Databases, dialect: str) -> None:
    people = People()
    again = (stay("2024-06-10", "2024-06-12"), operation("0SG10A0", "2024-06-10"))
    scores = (score(-5, 40), score(365, 50), score(510, 44), score(882, 43), score(883, None))
    people.add("two", *SURGERY, *again, *scores)
    rows = people.run("score-change", databases, dialect, keep="every")
    found = picked(rows, "baseline", "baseline_date", "follow_up", "improvement")
    assert found == {
        "two": [(40.0, date(2023, 1, 5), 50.0, 10.0), (44.0, date(2024, 6, 3), 43.0, -1.0)]
    }


def test_scores_of_one_day(databases: Databases, dialect: str) -> None:
    """The last entry of the baseline's day counts, the first of the follow-up's."""
    people = People()
    twice = (score(-5, 40, event_id="a"), score(-5, 38, event_id="b"))
    later = (score(365, 50, event_id="a2"), score(365, 52, event_id="b2"))
    people.add("one day", *SURGERY, *twice, *later)
    rows = people.run("score-change", databases, dialect)
    assert picked(rows, "baseline", "follow_up") == {"one day": [(38.0, 50.0)]}


def test_another_day(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("a", *SURGERY, score(-30, 38), score(-2, 40), score(85, 44), score(365, 50))
    values = {"target": "90", "tolerance": "5"}
    rows = people.run("score-change", databases, dialect, **values)
    assert picked(rows, "follow_up", "follow_up_date") == {"a": [(44.0, date(2023, 4, 5))]}
    rows = people.run("score-change", databases, dialect, target="91", tolerance="5")
    assert picked(rows, "follow_up") == {"a": [(None,)]}
    rows = people.run("score-change", databases, dialect, before="1")
    assert picked(rows, "baseline") == {"a": [(None,)]}
