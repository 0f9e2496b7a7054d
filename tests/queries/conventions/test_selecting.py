"""Selectors: where, units, during, unions, eras, other cohorts."""

from __future__ import annotations

import pytest

from tests.queries.conventions.events import device, lab, note, person, pill, tumour, visit


def test_where_compares_numbers_and_texts_without_case(ask):
    data = {"measurement": [lab("2020-01-10", "l1", 5.0, text="Alpha"), lab("2020-01-10", "l2")]}
    count = {"measurement": "glucose", "value": "count"}
    for where, number in (
        ({"value": {"at_least": 5}}, 1),
        ({"value": {"above": 5}}, 0),
        ({"value": {"below": 6}}, 1),
        ({"text": "ALP*"}, 1),
        ({"text": ["beta", "?lpha"]}, 1),
        ({"text": "lph"}, 0),
    ):
        assert ask.one(count | {"where": where}, **data) == number


@pytest.mark.parametrize(
    ("number", "unit", "wanted", "value"),
    [
        (1.5, "g/L", "mg/dL", 150.0),
        (1.5, "kg", "mg/dL", None),
        (1.5, None, "mg/dL", None),
        (98.6, "[degF]", "Cel", 37.0),
        (2.0, " MG/dL", "mg/dL", 2.0),
        (5.0, "mmol/L", "mg/dL", 90.078),
    ],
)
def test_values_are_converted_or_unknown(ask, number, unit, wanted, value):
    look = {"measurement": "glucose", "unit": wanted, "value": "first"}
    found = ask.one(look, measurement=[lab("2020-01-10", "l1", number, unit)])
    assert found == (None if value is None else pytest.approx(value))


def test_during_asks_for_a_row_of_the_kind_of_the_same_person(ask):
    look = {"condition": "tumour", "during": ["inpatient"], "value": "count"}
    events = [tumour("2020-01-10", "t1", "1"), tumour("2020-01-10", "t2", None)]
    stay = [visit("1", "emergency", None), visit("1", "inpatient", None)]
    assert ask.one(look, condition=events, encounter=stay) == 1
    assert ask.one(look, condition=events, encounter=[stay[1] | {"person_id": "b"}]) == 0


def test_a_union_counts_the_same_event_of_one_relation_once(ask):
    union = {"events": [{"condition": "tumour"}, {"condition": "tumour"}, {"note": "any"}]}
    data = {"condition": [tumour("2020-01-10", "1")], "note": [note("2020-01-10", "x", "1")]}
    assert ask.one(union | {"value": "count"}, **data) == 2


def test_medication_doses(ask):
    data = {
        "medication": [
            pill("2020-01-10", quantity=30.0, days_supply=10, strength=5.0, strength_unit="mg")
        ]
    }
    for field, value in (("daily_dose", 15.0), ("total_mme", 225.0), ("daily_mme", 22.5)):
        assert ask.one({"medication": "opioid", "value": "sum", "field": field}, **data) == value
    data["medication"][0]["days_supply"] = None
    assert ask.one({"medication": "opioid", "value": "sum", "field": "daily_mme"}, **data) is None


@pytest.mark.parametrize(("gap", "starts"), [(0, 3), (1, 3), (2, 2), (5, 2), (6, 1)])
def test_eras_join_within_the_gap_of_the_latest_end(ask, gap, starts):
    data = {
        "medication": [
            pill("2020-01-01", "m1", end="2020-01-05"),
            pill("2020-01-02", "m2"),
            pill("2020-01-07", "m3", end="2020-01-06"),
            pill("2020-01-13", "m4"),
        ]
    }
    assert ask.one({"medication": "opioid", "gap": gap, "value": "count"}, **data) == starts


def test_an_era_covers_its_days(ask):
    data = {"medication": [pill("2020-01-01", "m1", end="2020-01-05")]}
    era = {"medication": "opioid", "gap": 0, "value": "first", "field": "days_covered"}
    assert ask.one(era, **data) == 5


def test_other_relations(ask):
    data = {
        "note": [note("2020-01-10", "op"), note("2020-01-10", "other", "n2")],
        "device_day": [device("2020-01-09"), device("2020-01-10", 0, event="d2")],
        "person": [person(death="2020-01-12")],
    }
    for look, number in (
        ({"note": "op"}, 1),
        ({"note": "any"}, 2),
        ({"device_day": "any"}, 2),
        ({"device_day": "valid"}, 1),
        ({"death": True}, 1),
    ):
        assert ask.one(look | {"value": "count"}, **data) == number


def test_another_cohort_is_its_rows(ask):
    other = {
        "id": "o",
        "title": "o",
        "parameters": {"to": {"type": "date", "default": "2020-01-01"}},
        "index": {"condition": "tumour", "keep": "every", "between": ["2000-01-01", "to"]},
    }
    look = {"name": "c", "cohort": "other.toml", "value": "count", "end_days": [0, 9]}
    data = {
        "condition": [tumour("2020-01-05", "t1", "1"), tumour("2020-01-06", "t2")],
        "encounter": [visit("1", "inpatient", "2020-01-05", "2020-01-12")],
    }
    for given, number in (({}, 0), ({"to": "2020-02-01"}, 1)):
        definition = {"column": [look | {"set": given}]}
        (row,), _ = ask.whole(definition, data, other=other)
        assert row["c"] == number


def test_blanks_around_a_text_do_not_count(ask):
    data = {
        "measurement": [lab("2020-01-10", "l1", 5.0, "mg/dl ", text=" alpha")],
        "note": [note("2020-01-10", "rehab ", "n1")],
    }
    count = {"measurement": "glucose", "value": "count"}
    for where in ({"unit": "mg/dL"}, {"unit": "*l "}, {"text": "Alpha "}, {"text": "alp*"}):
        assert ask.one(count | {"where": where}, **data) == 1
    assert ask.one({"note": "rehab", "value": "count"}, **data) == 1


def test_rows_of_a_cohort_on_one_day_are_ordered_by_their_encounters(ask):
    other = {"id": "o", "title": "o", "index": {"encounter": "inpatient", "keep": "every"}}
    stays = [visit(one, "inpatient", "2020-01-10") for one in ("9-1", "9", "91")]
    look = {"cohort": "other.toml", "field": "encounter", "name": "c"}
    for value, encounter in (("first", "9"), ("nearest", "9"), ("last", "91")):
        definition = {"column": [look | {"value": value}]}
        (row,), _ = ask.whole(definition, {"encounter": stays}, other=other)
        assert row["c"] == encounter
