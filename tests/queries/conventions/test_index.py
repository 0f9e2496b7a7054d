"""The index: found, washout, keep, calendar."""

from __future__ import annotations

import pytest

from tests.queries.conventions.events import fusion, lab, person


def test_the_index_event_is_person_date_and_encounter(ask):
    data = {
        "procedure": [
            fusion("2020-01-01 09:00:00", "p1", "1"),
            fusion("2020-01-01 08:00:00", "p2", "1"),
            fusion("2020-01-01", "p3", "2"),
            fusion(None, "p4"),
            fusion("2020-01-01", "p5") | {"person_id": "z"},
        ]
    }
    result, steps = ask.whole({}, data)
    assert [events for _, events, _ in steps] == [4, 2]
    assert [row["encounter_id"] for row in result] == ["1", "2"]
    data["measurement"] = [lab("2020-01-01 09:00:00", encounter_id="1")]
    look = {"name": "c", "measurement": "glucose", "hours": [1, 1], "value": "count"}
    assert [row["c"] for row in ask.whole({"column": [look]}, data)[0]] == [1, 0]


@pytest.mark.parametrize(("days", "left"), [(8, ["2020-01-01", "2020-01-10"]), (9, ["2020-01-01"])])
def test_washout(ask, days, left):
    procedures = [fusion("2020-01-01"), fusion("2020-01-01", "p2", "7"), fusion("2020-01-10", "p3")]
    found = ask.index_dates({"keep": "every", "washout": days}, procedure=procedures)
    assert sorted(set(found)) == left


@pytest.mark.parametrize(
    ("keep", "date_and_encounter"),
    [
        ({"keep": "first"}, ("2020-01-01", "10")),
        ({"keep": "last"}, ("2020-01-02", "9")),
        ({"keep": "nth", "nth": 2}, ("2020-01-01", "9")),
        ({"keep": "nth", "nth": 3}, ("2020-01-01", None)),
        ({"keep": "nth", "nth": 7}, None),
    ],
)
def test_keep_goes_by_date_then_known_encounters_then_ids(ask, keep, date_and_encounter):
    days = [(f"2020-01-0{day}", encounter) for day in (1, 2) for encounter in (None, "9", "10")]
    procedures = [fusion(day, f"p{n}", encounter) for n, (day, encounter) in enumerate(days)]
    found = ask.rows(
        {"index": {"procedure": "fusion", "of": "history"} | keep}, procedure=procedures
    )
    told = [(row["index_date"].isoformat(), row["encounter_id"]) for row in found]
    assert told == ([date_and_encounter] if date_and_encounter else [])


@pytest.mark.parametrize(("scope", "left"), [("history", []), ("eligible", ["2020-01-02"])])
def test_history_or_eligible(ask, scope, left):
    procedures = [fusion("2019-12-31 23:59:59"), fusion("2020-01-02 23:59:59", "p2")]
    index = {"of": scope, "between": ["2020-01-01", "2020-01-02"]}
    assert ask.index_dates(index, procedure=procedures) == left


def test_calendar_dates_are_index_events_of_every_person(ask):
    people = [person(), person() | {"person_id": "b"}]
    definition = {"index": {"calendar": ["2020-01-01", "as-of"]}}
    result, steps = ask.whole(definition, {"person": people})
    told = [(row["person_id"], row["index_date"].year, row["encounter_id"]) for row in result]
    assert told == [("a", 2020, None), ("a", 2024, None), ("b", 2020, None), ("b", 2024, None)]
    assert [events for _, events, _ in steps] == [4, 4]
