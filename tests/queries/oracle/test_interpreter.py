"""The interpreter against the sentences of docs/cohort-language.md, with values typed by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.queries.oracle.interpreter import interpret

CODES = {
    "fusion": {"include": {"icd10pcs": ["0SG*"]}},
    "tumour": {"include": {"icd10cm": ["C79.5*", "D16.6"]}},
    "opioid": {"include": {"rxnorm": ["7804", "7052"]}},
    "glucose": {"include": {"loinc": ["2345-7"]}},
}


def at(text):
    return datetime.fromisoformat(text) if text else None


def coded(vocabulary, code, when, event="e1", encounter=None, **more):
    return {"person_id": "a", "encounter_id": encounter, "event_id": event, "event_time": at(when),
            "vocabulary": vocabulary, "code": code, "end_date": None, "name": None, "setting": None,
            "quantity": None, "days_supply": None, "strength": None, "strength_unit": None,
            "value_number": None, "value_text": None, "unit": None, "position": None,
            "present_on_admission": None} | more  # fmt: skip


def fusion(when, event="p1", encounter=None, **more):
    return coded("icd10pcs", "0SG0", when, event, encounter, **more)


def tumour(when, event="t1", encounter=None, code="C79.51", **more):
    return coded("icd10cm", code, when, event, encounter, **more)


def pill(when, event="m1", code="7804", **more):
    more["end_date"] = at(more.get("end_date"))
    return coded("rxnorm", code, when, event, more.pop("encounter", None), **more)


def lab(when, event="l1", number=None, unit="mg/dL", text=None, **more):
    return coded("loinc", "2345-7", when, event, value_number=number, unit=unit,
                 value_text=text, **more)  # fmt: skip


def visit(encounter, kind, start, end=None, **more):
    return {"person_id": "a", "encounter_id": encounter, "kind": kind, "event_time": at(start),
            "end_time": at(end), "disposition": None, "discharged_to": None,
            "specialty": None} | more  # fmt: skip


def person(birth="1960-05-05", death=None, **more):
    return {"person_id": "a", "birth_date": at(birth), "death_date": at(death), "sex": "female",
            "race": None, "ethnicity": None} | more  # fmt: skip


def device(when, valid=1, steps=100, event="d1"):
    return {"person_id": "a", "event_id": event, "event_date": at(when), "steps": steps,
            "wear_minutes": 600, "valid": valid}  # fmt: skip


def note(when, kind, event="n1"):
    return {"person_id": "a", "encounter_id": None, "event_id": event, "event_time": at(when),
            "kind": kind, "line": 1, "note_text": "x"}  # fmt: skip


def period(start, end):
    return {"person_id": "a", "start_date": at(start), "end_date": at(end)}


def whole(definition, data, **more):
    filled = {"person": [person()], "procedure": [fusion("2020-01-10 12:00:00")]} | data
    asked = {"index": {"procedure": "fusion", "keep": "every"}} | definition
    return interpret(asked, filled, CODES, as_of=date(2024, 2, 29), **more)


def rows(definition, **data):
    return whole(definition, data)[0]


def one(look, **data):
    """The value of one column of the one row."""
    (row,) = rows({"column": [{"name": "c"} | look]}, **data)
    return row["c"]


def kept(rule, **data):
    return len(rows({"require": [{"label": "r"} | rule]}, **data)) == 1


def index_dates(index, **data):
    found = rows({"index": {"procedure": "fusion"} | index}, **data)
    return [row["index_date"].isoformat() for row in found]


# --- parameters and dates ---


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-10", "2020-01-10"), ("as-of", "2024-02-29"), ("as-of - 1 year", "2023-02-28"),
        ("as-of - 4 years", "2020-02-29"), ("as-of + 1 day", "2024-03-01"),
        ("as-of - 12 months", "2023-02-28"), ("as-of + 30 days", "2024-03-30"), ("day", "2020-01-09"),
    ],
)  # fmt: skip
def test_dates(text, day):
    definition = {
        "parameters": {"day": {"type": "date", "default": "2020-01-09"}},
        "follow_up": {"until": ["end-of-data"], "end_of_data": text},
    }
    (row,) = rows(definition)
    assert row["follow_up_end"].isoformat() == day


def test_a_parameter_stands_for_a_value_and_goes_before_a_code_set():
    definition = {
        "parameters": {
            "window": {"type": "days", "default": 3},
            "fusion": {"type": "codes", "default": "tumour"},
        },
        "column": [{"name": "c", "condition": "tumour", "days": [0, "window"], "value": "count"}],
        "index": {"condition": "fusion", "keep": "first"},
    }
    data = {"condition": [tumour("2020-01-01"), tumour("2020-01-05", "t2")]}
    assert [row["c"] for row in rows(definition, **data)] == [1]
    assert [row["c"] for row in whole(definition, data, given={"window": "4"})[0]] == [2]


# --- selecting ---


def test_where_compares_numbers_and_texts_without_case():
    data = {"measurement": [lab("2020-01-10", "l1", 5.0, text="Alpha"), lab("2020-01-10", "l2")]}
    count = {"measurement": "glucose", "value": "count"}
    for where, number in (
        ({"value": {"at_least": 5}}, 1), ({"value": {"above": 5}}, 0), ({"value": {"below": 6}}, 1),
        ({"text": "ALP*"}, 1), ({"text": ["beta", "?lpha"]}, 1), ({"text": "lph"}, 0),
    ):  # fmt: skip
        assert one(count | {"where": where}, **data) == number


@pytest.mark.parametrize(
    ("number", "unit", "wanted", "value"),
    [(1.5, "g/L", "mg/dL", 150.0), (1.5, "kg", "mg/dL", None), (1.5, None, "mg/dL", None),
     (98.6, "[degF]", "Cel", 37.0), (2.0, " MG/dL", "mg/dL", 2.0), (5.0, "mmol/L", "mg/dL", 90.078)],
)  # fmt: skip
def test_values_are_converted_or_unknown(number, unit, wanted, value):
    look = {"measurement": "glucose", "unit": wanted, "value": "first"}
    found = one(look, measurement=[lab("2020-01-10", "l1", number, unit)])
    assert found == (None if value is None else pytest.approx(value))


def test_during_asks_for_a_row_of_the_kind_of_the_same_person():
    look = {"condition": "tumour", "during": ["inpatient"], "value": "count"}
    events = [tumour("2020-01-10", "t1", "1"), tumour("2020-01-10", "t2", None)]
    stay = [visit("1", "emergency", None), visit("1", "inpatient", None)]
    assert one(look, condition=events, encounter=stay) == 1
    assert one(look, condition=events, encounter=[stay[1] | {"person_id": "b"}]) == 0


def test_a_union_counts_the_same_event_of_one_relation_once():
    union = {"events": [{"condition": "tumour"}, {"condition": "tumour"}, {"note": "any"}]}
    data = {"condition": [tumour("2020-01-10", "1")], "note": [note("2020-01-10", "x", "1")]}
    assert one(union | {"value": "count"}, **data) == 2


def test_medication_doses():
    data = {"medication": [pill("2020-01-10", quantity=30.0, days_supply=10, strength=5.0,
                                strength_unit="mg")]}  # fmt: skip
    for field, value in (("daily_dose", 15.0), ("total_mme", 225.0), ("daily_mme", 22.5)):
        assert one({"medication": "opioid", "value": "sum", "field": field}, **data) == value
    data["medication"][0]["days_supply"] = None
    assert one({"medication": "opioid", "value": "sum", "field": "daily_mme"}, **data) is None


@pytest.mark.parametrize(("gap", "starts"), [(0, 3), (1, 3), (2, 2), (5, 2), (6, 1)])
def test_eras_join_within_the_gap_of_the_latest_end(gap, starts):
    data = {"medication": [
        pill("2020-01-01", "m1", end_date="2020-01-05"), pill("2020-01-02", "m2"),
        pill("2020-01-07", "m3", end_date="2020-01-06"), pill("2020-01-13", "m4"),
    ]}  # fmt: skip
    assert one({"medication": "opioid", "gap": gap, "value": "count"}, **data) == starts


def test_an_era_covers_its_days():
    data = {"medication": [pill("2020-01-01", "m1", end_date="2020-01-05")]}
    era = {"medication": "opioid", "gap": 0, "value": "first", "field": "days_covered"}
    assert one(era, **data) == 5


def test_other_relations():
    data = {
        "note": [note("2020-01-10", "op"), note("2020-01-10", "other", "n2")],
        "device_day": [device("2020-01-09"), device("2020-01-10", 0, event="d2")],
        "person": [person(death="2020-01-12")],
    }
    for look, number in (({"note": "op"}, 1), ({"note": "any"}, 2), ({"device_day": "any"}, 2),
                         ({"device_day": "valid"}, 1), ({"death": True}, 1)):  # fmt: skip
        assert one(look | {"value": "count"}, **data) == number


def test_another_cohort_is_its_rows():
    other = {"parameters": {"to": {"type": "date", "default": "2020-01-01"}},
             "index": {"condition": "tumour", "keep": "every", "between": ["2000-01-01", "to"]}}  # fmt: skip
    look = {"name": "c", "cohort": "other.toml", "value": "count", "end_days": [0, 9]}
    data = {"condition": [tumour("2020-01-05", "t1", "1"), tumour("2020-01-06", "t2")],
            "encounter": [visit("1", "inpatient", "2020-01-05", "2020-01-12")]}  # fmt: skip
    for given, number in (({}, 0), ({"to": "2020-02-01"}, 1)):
        definition = {"column": [look | {"set": given}]}
        (row,), _ = whole(definition, data, cohorts={"other.toml": other})
        assert row["c"] == number


# --- the index ---


def test_the_index_event_is_person_date_and_encounter():
    data = {"procedure": [fusion("2020-01-01 09:00:00", "p1", "1"),
                          fusion("2020-01-01 08:00:00", "p2", "1"), fusion("2020-01-01", "p3", "2"),
                          fusion(None, "p4"), fusion("2020-01-01", "p5") | {"person_id": "z"}]}  # fmt: skip
    result, steps = whole({}, data)
    assert [len(step) for step in steps] == [4, 2]
    assert [row["encounter_id"] for row in result] == ["1", "2"]
    data["measurement"] = [lab("2020-01-01 09:00:00", encounter_id="1")]
    look = {"name": "c", "measurement": "glucose", "hours": [1, 1], "value": "count"}
    assert [row["c"] for row in whole({"column": [look]}, data)[0]] == [1, 0]


@pytest.mark.parametrize(("days", "left"), [(8, ["2020-01-01", "2020-01-10"]), (9, ["2020-01-01"])])
def test_washout(days, left):
    procedures = [fusion("2020-01-01"), fusion("2020-01-01", "p2", "7"), fusion("2020-01-10", "p3")]
    found = index_dates({"keep": "every", "washout": days}, procedure=procedures)
    assert sorted(set(found)) == left


@pytest.mark.parametrize(
    ("keep", "date_and_encounter"),
    [({"keep": "first"}, ("2020-01-01", "10")), ({"keep": "last"}, ("2020-01-02", "9")),
     ({"keep": "nth", "nth": 2}, ("2020-01-01", "9")), ({"keep": "nth", "nth": 3}, ("2020-01-01", None)),
     ({"keep": "nth", "nth": 7}, None)],
)  # fmt: skip
def test_keep_goes_by_date_then_known_encounters_then_ids(keep, date_and_encounter):
    days = [(f"2020-01-0{day}", encounter) for day in (1, 2) for encounter in (None, "9", "10")]
    procedures = [fusion(day, f"p{n}", encounter) for n, (day, encounter) in enumerate(days)]
    found = rows({"index": {"procedure": "fusion"} | keep}, procedure=procedures)
    told = [(row["index_date"].isoformat(), row["encounter_id"]) for row in found]
    assert told == ([date_and_encounter] if date_and_encounter else [])


@pytest.mark.parametrize(("scope", "left"), [("history", []), ("eligible", ["2020-01-02"])])
def test_history_or_eligible(scope, left):
    procedures = [fusion("2019-12-31 23:59:59"), fusion("2020-01-02 23:59:59", "p2")]
    index = {"of": scope, "between": ["2020-01-01", "2020-01-02"]}
    assert index_dates(index, procedure=procedures) == left


def test_calendar_dates_are_index_events_of_every_person():
    people = [person(), person() | {"person_id": "b"}]
    definition = {"index": {"calendar": ["2020-01-01", "as-of"]}}
    result, steps = whole(definition, {"person": people})
    told = [(row["person_id"], row["index_date"].year, row["encounter_id"]) for row in result]
    assert told == [("a", 2020, None), ("a", 2024, None), ("b", 2020, None), ("b", 2024, None)]
    assert [len(step) for step in steps] == [4, 4]


# --- anchors and windows ---


@pytest.mark.parametrize(
    ("days", "when", "number"),
    [(["any", -1], "2020-01-09 23:59:59", 1), (["any", -1], "2020-01-10 00:00:00", 0),
     ([1, "any"], "2020-01-11", 1), ([0, 0], "2020-01-10 23:59:59", 1), ([20, 20], "2020-01-30", 1),
     (["any", "any"], "1999-01-01", 1)],
)  # fmt: skip
def test_days(days, when, number):
    look = {"condition": "tumour", "days": days, "value": "count"}
    assert one(look, condition=[tumour(when)]) == number


@pytest.mark.parametrize(
    ("hours", "when", "number"),
    [([0, 48], "2020-01-12 12:00:00", 1), ([0, 48], "2020-01-12 12:00:01", 0),
     ([0, 48], "2020-01-12 12:00:00.900000", 1), (["any", -1], "2020-01-10 11:00:00", 1),
     ([-1, 0], "2020-01-10 10:59:59", 0)],
)  # fmt: skip
def test_hours_are_elapsed_and_cut_to_the_second(hours, when, number):
    look = {"measurement": "glucose", "hours": hours, "value": "count"}
    assert one(look, measurement=[lab(when, number=1.0)]) == number


def test_windows_on_the_end():
    stay = [visit("1", "inpatient", "2020-01-08", "2020-01-12 06:00:00")]
    look = {"encounter": "any", "value": "count"}
    for window, number in (({"end_days": [2, 2]}, 1), ({"end_days": [0, 1]}, 0),
                           ({"end_hours": [42, 42]}, 1), ({"end_hours": [0, 41]}, 0),
                           ({"days": [-2, -2], "end_days": [2, 2]}, 1)):  # fmt: skip
        assert one(look | window, encounter=stay) == number


@pytest.mark.parametrize(("same", "number"), [(True, 1), (False, 2)])
def test_same_encounter(same, number):
    events = [tumour("2020-01-10", f"t{n}", encounter) for n, encounter in enumerate(("1", "2", None))]
    look = {"condition": "tumour", "same_encounter": same, "value": "count"}
    procedures = [fusion("2020-01-10", "p1", "1")]
    assert one(look, condition=events, procedure=procedures) == number


def test_discharge_is_that_of_the_inpatient_row_or_unknown():
    stays = [
        visit("1", "emergency", "2020-01-10", "2020-01-19"), visit("1", "other", "2020-01-10", "2020-01-20"),
        visit("1", "inpatient", "2020-01-10", "2020-01-15 09:00:00"), visit("1", "inpatient", None, "2020-01-15 10:00:00"),
    ]  # fmt: skip
    procedures = [fusion("2020-01-10", "p1", "1")]
    look = {"measurement": "glucose", "after": "discharge", "hours": [0, 0], "value": "any"}
    labs = [lab("2020-01-15 10:00:00")]
    assert one(look, encounter=stays, procedure=procedures, measurement=labs) == 1
    unknown = [*stays[:2], visit("1", "inpatient", "2020-01-10")]
    assert one(look, encounter=unknown, procedure=procedures, measurement=labs) is None
    assert one(look, encounter=stays[:1], procedure=procedures, measurement=labs) == 0


@pytest.mark.parametrize(
    ("keep", "days_to"),
    [({}, -5), ({"keep": "last"}, 3), ({"keep": "nearest"}, -2), ({"keep": "nth", "nth": 2}, -2),
     ({"keep": "nth", "nth": 5}, None)],
)  # fmt: skip
def test_named_events_are_anchors(keep, days_to):
    when = ("2020-01-08", "2020-01-12", "2020-01-13", "2020-01-05")
    data = {"condition": [tumour(day, f"t{n}") for n, day in enumerate(when)]}
    event = {"name": "met", "condition": "tumour"} | keep
    look = {"name": "c", "procedure": "fusion", "after": "met", "value": "days_to"}
    (row,) = rows({"event": [event], "column": [look]}, **data)
    assert row["c"] == (None if days_to is None else -days_to)


def test_the_end_of_a_named_event():
    event = {"name": "stay", "encounter": "inpatient"}
    look = {"name": "c", "condition": "tumour", "after": "stay-end", "value": "days_to"}
    data = {"encounter": [visit("1", "inpatient", "2020-01-08", "2020-01-12")],
            "condition": [tumour("2020-01-15")]}  # fmt: skip
    assert rows({"event": [event], "column": [look]}, **data)[0]["c"] == 3
    data["encounter"][0]["end_time"] = None
    assert rows({"event": [event], "column": [look]}, **data)[0]["c"] is None


def test_ties_go_to_known_instants_then_ids_then_codes_then_numbers():
    labs = [lab("2020-01-10 10:00:00", "10", 3.0), lab("2020-01-10 10:00:00", "10", 2.0),
            lab("2020-01-10 10:00:00", "10", None), lab("2020-01-10 10:00:00", "9", 1.0),
            lab("2020-01-10 09:00:00", "1", 5.0) | {"untimed": 1}]  # fmt: skip
    for value, number in (("first", 2.0), ("last", 1.0), ("nearest", 2.0)):
        assert one({"measurement": "glucose", "value": value}, measurement=labs) == number


def test_of_the_rows_of_a_named_event_the_earliest_end_counts():
    rows_of = [visit("1", kind, "2020-01-08", end) for kind, end in (
        ("other", None), ("emergency", "2020-01-12"), ("inpatient", "2020-01-11"))]  # fmt: skip
    event = {"name": "stay", "encounter": "any"}
    look = {"name": "c", "procedure": "fusion", "after": "stay-end", "value": "days_to"}
    definition = {"event": [event], "column": [look]}
    assert rows(definition, encounter=rows_of)[0]["c"] == -1


def test_nearest_takes_the_earlier_of_two_as_near():
    labs = [lab("2020-01-12", "l1", 1.0), lab("2020-01-08", "l2", 2.0), lab("2020-01-14", "l3", 3.0)]
    for days, number in ((["any", "any"], 2.0), ([0, 90], 1.0), ([3, 90], 3.0)):
        look = {"measurement": "glucose", "value": "nearest", "days": days}
        assert one(look, measurement=labs) == number


# --- criteria ---


@pytest.mark.parametrize(
    ("birth", "index", "years"),
    [("2000-02-29", "2018-02-28", 17), ("2000-02-29", "2018-03-01", 18), ("2000-01-10", "2018-01-10", 18),
     ("2000-01-11", "2018-01-10", 17)],
)  # fmt: skip
def test_age(birth, index, years):
    data = {"person": [person(birth)], "procedure": [fusion(index)]}
    assert rows({}, **data)[0]["age"] == years
    assert kept({"age": {"at_least": years, "at_most": years}}, **data)
    assert not kept({"age": {"at_least": years + 1}}, **data)


def test_the_unknown_fails_a_require_and_passes_a_forbid():
    data = {"person": [person(None)]}
    for rule in ({"age": {"at_most": 200}}, {"condition": "tumour", "after": "discharge", "at_most": 9}):
        assert not rows({"require": [{"label": "r"} | rule]}, **data)
        assert rows({"forbid": [{"label": "r"} | rule]}, **data)


def test_traits_that_nobody_told_count_as_unknown():
    assert kept({"race": "unknown"}) and kept({"ethnicity": ["hispanic", "unknown"]})
    assert kept({"sex": ["female"]}) and not kept({"sex": "unknown"})
    assert kept({"sex": "unknown"}, person=[person(sex=None)])


@pytest.mark.parametrize(
    ("look", "met"),
    [({}, True), ({"before": 9}, True), ({"before": 10}, False), ({"after": 10}, True),
     ({"after": 11}, False)],
)  # fmt: skip
def test_one_period_must_hold_all_the_days(look, met):
    periods = [period("2020-01-01", "2020-01-20"), period("2019-01-01", "2020-01-09")]
    assert kept({"observed": look}, observation=periods) == met


@pytest.mark.parametrize(("bounds", "met"), [({"at_least": 5}, True), ({"at_least": 6}, False),
                                             ({"at_most": 5}, True), ({"at_most": 4}, False)])  # fmt: skip
def test_followed(bounds, met):
    assert kept({"followed": bounds}, person=[person(death="2020-01-15")]) == met


@pytest.mark.parametrize(
    ("rule", "met"),
    [({}, True), ({"at_least": 3}, True), ({"at_least": 4}, False), ({"at_most": 3}, True),
     ({"at_most": 2}, False), ({"exactly": 3}, True), ({"exactly": 2}, False),
     ({"at_least": 2, "at_most": 3}, True), ({"exactly": 2, "counting": "days"}, True),
     ({"exactly": 2, "counting": "codes"}, True), ({"exactly": 1, "counting": "encounters"}, True)],
)  # fmt: skip
def test_numbers(rule, met):
    events = [tumour("2020-01-10", "t1", "1"), tumour("2020-01-10", "t2"), tumour("2020-01-11", "t3"),
              tumour("2020-01-11", "t3", code="D166")]  # fmt: skip
    assert kept({"condition": "tumour"} | rule, condition=events) == met


def test_at_most_alone_allows_none():
    assert kept({"condition": "tumour", "at_most": 1}) and not kept({"condition": "tumour"})


YES, NO = {"procedure": "fusion"}, {"condition": "tumour"}


@pytest.mark.parametrize(
    ("rule", "met"),
    [({"all": [YES, NO]}, False), ({"any": [YES, NO]}, True), ({"none": [NO, NO]}, True),
     ({"none": [YES, NO]}, False), ({"of": [YES, YES, NO], "at_least": 2}, True),
     ({"of": [YES, YES, NO], "exactly": 1}, False), ({"of": [NO, NO], "at_most": 1}, True),
     ({"of": [YES, NO]}, True), ({"all": [YES, {"none": [{"any": [NO]}]}]}, True)],
)  # fmt: skip
def test_groups(rule, met):
    assert kept(rule) == met


def test_parts_have_the_windows_of_their_group():
    events = [tumour("2020-01-12")]
    assert kept({"all": [NO], "days": [2, 2]}, condition=events)
    assert not kept({"all": [NO], "days": [1, 1]}, condition=events)
    assert kept({"all": [{"any": [NO | {"days": [2, 2]}]}], "days": [1, 1]}, condition=events)
    assert not kept({"all": [NO], "after": "discharge"}, condition=events)


# --- columns ---


@pytest.mark.parametrize(
    ("look", "expected"),
    [({}, 1), ({"value": "any", "at_least": 4}, 0), ({"value": "count"}, 3),
     ({"value": "first_date"}, date(2020, 1, 8)), ({"value": "last_date"}, date(2020, 1, 12)),
     ({"value": "days_to"}, -2), ({"value": "sum"}, 7.0), ({"value": "min"}, 2.0),
     ({"value": "max"}, 5.0), ({"value": "mean"}, 3.5), ({"value": "first"}, 2.0),
     ({"value": "last"}, None), ({"value": "text"}, "mid"), ({"value": "last", "field": "days"}, 2),
     ({"value": "first", "field": "code"}, "2345-7"), ({"value": "sum", "days": [9, 9]}, None),
     ({"after": "discharge"}, None), ({"value": "count", "after": "discharge"}, None)],
)  # fmt: skip
def test_columns(look, expected):
    labs = [lab("2020-01-08", "l1", 2.0), lab("2020-01-08", "l1", 2.0), lab("2020-01-10", "l2", 5.0,
            text="mid"), lab("2020-01-12", "l3")]  # fmt: skip
    assert one({"measurement": "glucose"} | look, measurement=labs) == expected


def test_fields_that_need_not_be_said():
    stay = [visit("1", "inpatient", "2020-01-08 23:59:59", "2020-01-12")]
    assert one({"encounter": "any", "value": "sum"}, encounter=stay) == 4
    assert one({"device_day": "any", "value": "max"}, device_day=[device("2020-01-08")]) == 100


def test_columns_of_the_person():
    assert one({"person": "race"}) == "unknown"
    assert one({"person": "birth_date"}) == date(1960, 5, 5)


# --- follow-up and outcomes ---


@pytest.mark.parametrize(
    ("death", "rule", "end", "reason"),
    [
        ("2020-01-20", {"days": 10}, "2020-01-20", "death"),
        ("2020-01-21", {"days": 10}, "2020-01-20", "day-limit"),
        (None, {"end_of_data": "2020-02-09"}, "2020-02-01", "last-contact"),
        (None, {"until": ["end-of-data"]}, "2020-02-01", "end-of-data"),
        (None, {}, "2020-02-01", "end-of-data"),
        ("2020-02-09", {"until": ["death", "last-contact"]}, "2020-02-09", "death"),
        ("2020-02-09", {"until": ["last-contact"]}, "2020-02-01", "last-contact"),
        (None, {"until": ["observation-end", "last-contact"]}, "2020-02-01", "observation-end"),
        (None, {"until": ["death"]}, None, None),
        (None, {"censor": [{"name": "met", "condition": "tumour", "days": [1, "any"]}]}, "2020-01-15", "met"),
        (None, {"censor": [{"name": "met", "condition": "tumour", "after": "discharge"}]}, "2020-02-01", "end-of-data"),
    ],
)  # fmt: skip
def test_follow_up(death, rule, end, reason):
    (row,) = rows(
        {"follow_up": rule},
        person=[person(death=death)],
        encounter=[visit("1", "inpatient", "2020-01-10", "2020-02-01 10:00:00")],
        observation=[period("2020-01-10", "2020-02-01"), period("2020-01-11", "2020-03-01")],
        condition=[tumour("2020-01-10"), tumour("2020-01-15", "t2")],
    )
    told = row["follow_up_end"] and row["follow_up_end"].isoformat()
    assert (told, row["follow_up_reason"]) == (end, reason)


@pytest.mark.parametrize(
    ("look", "death", "expected"),
    [
        ({}, None, (1, 5, "event")),
        ({"days": [6, 10]}, None, (0, 10, "window")),
        ({"days": [6, 22]}, None, (0, 22, "end-of-data")),
        ({"days": [6, "any"]}, None, (0, 22, "end-of-data")),
        ({}, "2020-01-14", (0, 4, "death")),
        ({}, "2020-01-15", (1, 5, "event")),
        ({"days": [0, 4]}, "2020-01-09", (None, None, None)),
        ({"days": [6, 9], "until": ["death"]}, None, (0, 9, "window")),
        ({"days": [6, "any"], "until": ["death"]}, None, (None, None, None)),
        ({"days": [5, "any"], "until": ["death"]}, None, (1, 5, "event")),
        ({"after": "discharge"}, None, (None, None, None)),
    ],
)
def test_outcomes(look, death, expected):
    until = {"until": look.get("until", ["death", "end-of-data"])}
    look = {key: one for key, one in look.items() if key != "until"}
    (row,) = rows(
        {"outcome": [{"name": "o", "condition": "tumour"} | look], "follow_up": until},
        person=[person(death=death)],
        encounter=[visit("1", "inpatient", "2020-01-10", "2020-02-01 10:00:00")],
        condition=[tumour("2020-01-15")],
    )  # fmt: skip
    assert (row["o"], row["o_days"], row["o_reason"]) == expected


# --- code sets ---


@pytest.mark.parametrize(
    ("entry", "number"),
    [
        (["T81.4*"], 3), (["t81.4?"], 1), (["T81.43 "], 0), (["T81.4..T81.5"], 4),
        (["T81.41..T81.43"], 1), ([" t8142"], 1),
        ([{"code": "T81.4", "from": "2020-01-10"}], 1), ([{"code": "T81.4", "from": "2020-01-11"}], 0),
        ([{"code": "T81.4", "until": "2020-01-10"}], 1), ([{"code": "T81.4", "until": "2020-01-09"}], 0),
    ],
)  # fmt: skip
def test_code_sets(entry, number):
    known = ("T814", "T81.42", "t81.4xx", "T815", "T91")
    events = [tumour("2020-01-10", f"t{n}", code=code) for n, code in enumerate(known)]
    definition = {
        "codes": {"mine": {"include": {"icd10cm": entry}}},
        "column": [{"name": "c", "condition": "mine", "value": "count", "counting": "codes"}],
    }
    assert [row["c"] for row in rows(definition, condition=events)] == [number]


def test_exclusions_and_descendants():
    mine = {"include": {"omop": [{"code": "1", "descendants": True}, "7"]},
            "exclude": {"omop": [{"code": "3", "descendants": True}]}}  # fmt: skip
    descents = [{"ancestor": a, "descendant": d} for a, d in ("12", "13", "14", "34", "56")]
    events = [coded("omop", str(n), "2020-01-10", f"t{n}") for n in range(1, 8)]
    events.append(coded("snomed", "7", "2020-01-10", "t8"))
    definition = {"codes": {"mine": mine},
                  "column": [{"name": "c", "condition": "mine", "value": "count"}]}  # fmt: skip
    (row,) = rows(definition, condition=events, descent=descents)
    assert row["c"] == 3
