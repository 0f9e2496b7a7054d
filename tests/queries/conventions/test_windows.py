"""Anchors, windows of days and hours, and which of several events is picked."""

from __future__ import annotations

import pytest

from tests.queries.conventions.events import fusion, lab, tumour, visit


@pytest.mark.parametrize(
    ("days", "when", "number"),
    [
        (["any", -1], "2020-01-09 23:59:59", 1),
        (["any", -1], "2020-01-10 00:00:00", 0),
        ([1, "any"], "2020-01-11", 1),
        ([0, 0], "2020-01-10 23:59:59", 1),
        ([20, 20], "2020-01-30", 1),
        (["any", "any"], "1999-01-01", 1),
    ],
)
def test_days(ask, days, when, number):
    look = {"condition": "tumour", "days": days, "value": "count"}
    assert ask.one(look, condition=[tumour(when)]) == number


@pytest.mark.parametrize(
    ("hours", "when", "number"),
    [
        ([0, 48], "2020-01-12 12:00:00", 1),
        ([0, 48], "2020-01-12 12:00:01", 0),
        ([0, 48], "2020-01-12 12:00:00.900000", 1),
        (["any", -1], "2020-01-10 11:00:00", 1),
        ([-1, 0], "2020-01-10 10:59:59", 0),
    ],
)
def test_hours_are_elapsed_and_cut_to_the_second(ask, hours, when, number):
    look = {"measurement": "glucose", "hours": hours, "value": "count"}
    assert ask.one(look, measurement=[lab(when, number=1.0)]) == number


def test_windows_on_the_end(ask):
    stay = [visit("1", "inpatient", "2020-01-08", "2020-01-12 06:00:00")]
    look = {"encounter": "any", "value": "count"}
    for window, number in (
        ({"end_days": [2, 2]}, 1),
        ({"end_days": [0, 1]}, 0),
        ({"end_hours": [42, 42]}, 1),
        ({"end_hours": [0, 41]}, 0),
        ({"days": [-2, -2], "end_days": [2, 2]}, 1),
    ):
        assert ask.one(look | window, encounter=stay) == number


@pytest.mark.parametrize(("same", "number"), [(True, 1), (False, 2)])
def test_same_encounter(ask, same, number):
    events = [
        tumour("2020-01-10", f"t{n}", encounter) for n, encounter in enumerate(("1", "2", None))
    ]
    look = {"condition": "tumour", "same_encounter": same, "value": "count"}
    procedures = [fusion("2020-01-10", "p1", "1")]
    assert ask.one(look, condition=events, procedure=procedures) == number


def test_discharge_is_that_of_the_inpatient_row_or_unknown(ask):
    stays = [
        visit("1", "emergency", "2020-01-10", "2020-01-19"),
        visit("1", "other", "2020-01-10", "2020-01-20"),
        visit("1", "inpatient", "2020-01-10", "2020-01-15 09:00:00"),
        visit("1", "inpatient", None, "2020-01-15 10:00:00"),
    ]
    procedures = [fusion("2020-01-10", "p1", "1")]
    look = {"measurement": "glucose", "after": "discharge", "hours": [0, 0], "value": "any"}
    labs = [lab("2020-01-15 10:00:00")]
    assert ask.one(look, encounter=stays, procedure=procedures, measurement=labs) == 1
    unknown = [*stays[:2], visit("1", "inpatient", "2020-01-10")]
    assert ask.one(look, encounter=unknown, procedure=procedures, measurement=labs) is None
    assert ask.one(look, encounter=stays[:1], procedure=procedures, measurement=labs) == 0


@pytest.mark.parametrize(
    ("keep", "days_to"),
    [
        ({}, -5),
        ({"keep": "last"}, 3),
        ({"keep": "nearest"}, -2),
        ({"keep": "nth", "nth": 2}, -2),
        ({"keep": "nth", "nth": 5}, None),
    ],
)
def test_named_events_are_anchors(ask, keep, days_to):
    when = ("2020-01-08", "2020-01-12", "2020-01-13", "2020-01-05")
    data = {"condition": [tumour(day, f"t{n}") for n, day in enumerate(when)]}
    event = {"name": "met", "condition": "tumour"} | keep
    look = {"name": "c", "procedure": "fusion", "after": "met", "value": "days_to"}
    (row,) = ask.rows({"event": [event], "column": [look]}, **data)
    assert row["c"] == (None if days_to is None else -days_to)


def test_the_end_of_a_named_event(ask):
    event = {"name": "stay", "encounter": "inpatient"}
    look = {"name": "c", "condition": "tumour", "after": "stay-end", "value": "days_to"}
    data = {
        "encounter": [visit("1", "inpatient", "2020-01-08", "2020-01-12")],
        "condition": [tumour("2020-01-15")],
    }
    assert ask.rows({"event": [event], "column": [look]}, **data)[0]["c"] == 3
    data["encounter"][0]["end_time"] = None
    assert ask.rows({"event": [event], "column": [look]}, **data)[0]["c"] is None


def test_ties_go_to_known_instants_then_ids_then_codes_then_numbers(ask):
    labs = [
        lab("2020-01-10 10:00:00", "10", 3.0),
        lab("2020-01-10 10:00:00", "10", 2.0),
        lab("2020-01-10 10:00:00", "10", None),
        lab("2020-01-10 10:00:00", "9", 1.0),
        lab("2020-01-10 09:00:00", "1", 5.0) | {"untimed": 1},
    ]
    for value, number in (("first", 2.0), ("last", 1.0), ("nearest", 2.0)):
        assert ask.one({"measurement": "glucose", "value": value}, measurement=labs) == number


def test_of_the_rows_of_a_named_event_the_earliest_end_counts(ask):
    rows_of = [
        visit("1", kind, "2020-01-08", end)
        for kind, end in (("other", None), ("emergency", "2020-01-12"), ("inpatient", "2020-01-11"))
    ]
    event = {"name": "stay", "encounter": "any"}
    look = {"name": "c", "procedure": "fusion", "after": "stay-end", "value": "days_to"}
    definition = {"event": [event], "column": [look]}
    assert ask.rows(definition, encounter=rows_of)[0]["c"] == -1


def test_nearest_takes_the_earlier_of_two_as_near(ask):
    labs = [
        lab("2020-01-12", "l1", 1.0),
        lab("2020-01-08", "l2", 2.0),
        lab("2020-01-14", "l3", 3.0),
    ]
    for days, number in ((["any", "any"], 2.0), ([0, 90], 1.0), ([3, 90], 3.0)):
        look = {"measurement": "glucose", "value": "nearest", "days": days}
        assert ask.one(look, measurement=labs) == number


def test_in_a_union_known_instants_come_first(ask):
    union = {"events": [{"condition": "tumour"}, {"measurement": "glucose"}]}
    data = {
        "condition": [tumour("2020-01-10", "1", "1")],
        "measurement": [lab("2020-01-10 23:00:00", "2", encounter_id="2")],
    }
    assert ask.one(union | {"value": "first", "field": "encounter"}, **data) == "2"


def test_an_index_event_of_a_union_has_the_known_instant(ask):
    index = {"events": [{"condition": "tumour"}, {"procedure": "fusion"}], "keep": "every"}
    look = {"name": "c", "measurement": "glucose", "hours": [1, 1], "value": "count"}
    data = {
        "condition": [tumour("2020-01-10")],
        "measurement": [lab("2020-01-10 13:00:00", number=1.0)],
    }
    assert [row["c"] for row in ask.rows({"index": index, "column": [look]}, **data)] == [1]
