"""Each convention of the language in one small case, with values worked out by hand.

The random search of test_oracle.py meets these edges rarely; here each is met on
purpose, on DuckDB and on SQLite.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.queries.plain_data import duckdb_with, sqlite_with
from tests.queries.test_oracle import check, compiled, rows

ENGINES = {"duckdb": duckdb_with, "sqlite": sqlite_with}
pytestmark = pytest.mark.parametrize("dialect", ENGINES)


def at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def fusion(encounter: str | None, when: str | None, event: str = "p1") -> dict[str, Any]:
    return {
        "person_id": "a", "encounter_id": encounter, "event_id": event, "event_time": at(when),
        "vocabulary": "icd10pcs", "code": "0SG01",
    }  # fmt: skip


def tumour(when: str, event: str, code: str = "C79.51") -> dict[str, Any]:
    return fusion("9", when, event) | {"vocabulary": "icd10cm", "code": code}


def visit(encounter: str, kind: str, start: str | None, end: str | None = None) -> dict[str, Any]:
    return {
        "person_id": "a", "encounter_id": encounter, "kind": kind,
        "event_time": at(start), "end_time": at(end),
    }  # fmt: skip


def person(birth: str | None = "1960-05-05", death: str | None = None) -> dict[str, Any]:
    return {"person_id": "a", "birth_date": at(birth), "death_date": at(death), "sex": "female"}


def run(dialect: str, definition: dict[str, Any], **data: list[dict[str, Any]]) -> list[Any]:
    """Return the rows, after the interpreter has agreed with them."""
    whole = {
        "id": "x", "title": "x",
        "index": {"procedure": "fusion", "keep": "every"},
    } | definition  # fmt: skip
    filled = {"person": [person()], "encounter": [], "procedure": [], "condition": []} | data
    connection = ENGINES[dialect](filled)
    try:
        check(connection, dialect, whole, filled)
        return rows(connection, compiled(whole)[0], dialect)
    finally:
        connection.close()


def column(**look: Any) -> dict[str, Any]:
    return {"column": [{"name": "c", "condition": "tumour"} | look]}


@pytest.mark.parametrize(
    ("days", "when", "number"),
    [
        (["any", -1], "2020-01-30 23:59:59", 1),
        (["any", -1], "2020-01-31 00:00:00", 0),
        ([1, "any"], "2020-02-01 00:00:00", 1),
        ([1, "any"], "2020-01-31 23:59:59", 0),
        ([0, 0], "2020-01-31 23:59:59", 1),
        ([29, 29], "2020-02-29 00:00:00", 1),
        (["any", "any"], "1999-01-01 00:00:00", 1),
    ],
)
def test_both_bounds_belong_to_a_window(
    dialect: str, days: list[Any], when: str, number: int
) -> None:
    definition = column(days=days, value="count")
    found = run(
        dialect,
        definition,
        procedure=[fusion(None, "2020-01-31 12:00:00")],
        condition=[tumour(when, "t1")],
    )
    assert [row["c"] for row in found] == [number]


def test_one_event_counts_once_however_often_it_is_listed(dialect: str) -> None:
    found = run(
        dialect,
        column(days=[0, 9], value="count"),
        procedure=[fusion(None, "2020-01-01")],
        condition=[tumour("2020-01-02", "t1"), tumour("2020-01-03", "t1", "D16.6"),
                   tumour("2020-01-03", "t2")],
    )  # fmt: skip
    assert [row["c"] for row in found] == [2]


def test_several_codes_of_a_day_are_one_index_event(dialect: str) -> None:
    found = run(
        dialect,
        {},
        procedure=[fusion("1", "2020-01-01 08:00:00"), fusion("1", "2020-01-01 09:00:00", "p2"),
                   fusion("2", "2020-01-01 09:00:00", "p3")],
    )  # fmt: skip
    assert [row["encounter_id"] for row in found] == ["1", "2"]


@pytest.mark.parametrize(("keep", "encounter"), [("first", "10"), ("last", "2")])
def test_ties_go_to_a_known_encounter_and_then_by_its_id(
    dialect: str, keep: str, encounter: str
) -> None:
    found = run(
        dialect,
        {"index": {"procedure": "fusion", "keep": keep}},
        procedure=[fusion(one, "2020-01-01") for one in (None, "2", "10")],
    )
    assert [row["encounter_id"] for row in found] == [encounter]


def test_the_inpatient_row_tells_the_discharge(dialect: str) -> None:
    stays = [
        visit("1", "emergency", "2020-01-01", "2020-01-09"),
        visit("1", "observation", "2020-01-01", "2020-01-08"),
        visit("1", "inpatient", "2020-01-01", "2020-01-05 23:59:59"),
    ]
    known = run(dialect, {}, procedure=[fusion("1", "2020-01-02")], encounter=stays)
    assert [row["discharge_date"] for row in known] == ["2020-01-05"]
    stays[2] = visit("1", "inpatient", "2020-01-01", None)
    unknown = run(
        dialect,
        column(after="discharge", days=[0, 9], value="any"),
        procedure=[fusion("1", "2020-01-02")],
        encounter=stays,
        condition=[tumour("2020-01-09", "t1")],
    )
    assert [(row["discharge_date"], row["c"]) for row in unknown] == [(None, None)]


@pytest.mark.parametrize(("key", "kept"), [("require", 0), ("forbid", 1)])
def test_an_unknown_never_meets_a_criterion(dialect: str, key: str, kept: int) -> None:
    for rule in ({"age": {"at_least": 0}}, {"condition": "tumour", "after": "discharge"}):
        found = run(
            dialect,
            {key: [{"label": "known"} | rule]},
            person=[person(birth=None)],
            procedure=[fusion(None, "2020-01-02")],
            condition=[tumour("2020-01-02", "t1")],
        )
        assert len(found) == kept


def test_first_of_the_history_and_first_of_the_eligible(dialect: str) -> None:
    expected = {"history": [], "eligible": ["2020-01-02"]}
    for scope, dates in expected.items():
        found = run(
            dialect,
            {"index": {"procedure": "fusion", "keep": "first", "of": scope,
                       "between": ["2020-01-01", "2020-01-02"]}},
            procedure=[fusion("1", "2019-12-31 23:59:59"), fusion("2", "2020-01-02 23:59:59")],
        )  # fmt: skip
        assert [row["index_date"] for row in found] == dates


@pytest.mark.parametrize(
    ("death", "rule", "end", "reason"),
    [
        ("2020-01-11", {"days": 10}, "2020-01-11", "death"),
        ("2020-01-12", {"days": 10}, "2020-01-11", "day-limit"),
        (None, {"days": 30, "end_of_data": "2020-01-31"}, "2020-01-20", "last-contact"),
        (None, {"until": ["end-of-data"], "days": 30, "end_of_data": "2020-01-31"}, "2020-01-31",
         "day-limit"),
        (None, {"until": ["death", "end-of-data"]}, "2020-01-20", "end-of-data"),
        (None, {}, "2020-01-20", "end-of-data"),
        ("2020-01-19", {}, "2020-01-19", "death"),
        (None, {"until": ["death"]}, None, None),
    ],
)  # fmt: skip
def test_follow_up_ends_on_the_earliest_and_says_why(
    dialect: str, death: str | None, rule: dict[str, Any], end: str | None, reason: str | None
) -> None:
    found = run(
        dialect,
        {"follow_up": rule} if rule else {},
        person=[person(death=death)],
        procedure=[fusion("1", "2020-01-01")],
        encounter=[visit("1", "inpatient", "2020-01-01", "2020-01-20 10:00:00")],
    )
    assert [(row["follow_up_end"], row["follow_up_reason"]) for row in found] == [(end, reason)]


@pytest.mark.parametrize(("how", "kept"), [("any", 1), ("all", 0), ("none", 0)])
def test_groups_join_criteria(dialect: str, how: str, kept: int) -> None:
    rule = {"label": "both", how: [{"condition": "tumour"}, {"sex": "male"}]}
    found = run(
        dialect,
        {"require": [rule]},
        procedure=[fusion("1", "2020-01-01")],
        condition=[tumour("2020-01-01", "t1")],
    )
    assert len(found) == kept


def test_at_least_counts_events_for_rules_and_columns(dialect: str) -> None:
    tumours = [tumour("2020-01-01", "t1"), tumour("2020-01-01", "t2")]
    for number, kept in ((2, 1), (3, 0)):
        rule = {"label": "n", "condition": "tumour", "at_least": number}
        found = run(
            dialect,
            {"require": [rule]} | column(at_least=number, value="any"),
            procedure=[fusion("1", "2020-01-01")],
            condition=tumours,
        )
        assert [row["c"] for row in found] == [1] * kept
