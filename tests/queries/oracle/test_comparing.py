"""The comparison can fail: every kind of difference is told."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.conventions.events import CODES, fusion, person
from tests.queries.databases import Databases
from tests.queries.oracle.comparing import Case, differences, expected, found, read, tables

ROWS = [
    {"person_id": "a", "index_date": date(2020, 1, 1), "encounter_id": None, "x": 1.5},
    {"person_id": "b", "index_date": date(2020, 1, 1), "encounter_id": None, "x": None},
]
STEPS = [(2, 2, 0), (2, 2, 0)]
INDEX = {"procedure": "fusion", "keep": "first", "of": "history"}
DEFINITION = {"id": "x", "title": "x", "index": INDEX}
DATA = {"person": [person()], "procedure": [fusion("2020-01-01"), fusion("2020-02-01", "p2")]}


def test_equal_answers_do_not_differ():
    close = [ROWS[0] | {"x": 1.5 * (1 + 1e-12)}, ROWS[1]]
    assert differences((ROWS, STEPS), (close, STEPS)) == []


@pytest.mark.parametrize(
    "other",
    [
        (ROWS[::-1], STEPS),
        (ROWS[:1], STEPS),
        ([*ROWS, ROWS[1]], STEPS),
        (ROWS, STEPS[:1]),
        (ROWS, [(2, 2, 0), (2, 1, 0)]),
        ([ROWS[0] | {"x": 1.5000001}, ROWS[1]], STEPS),
        ([ROWS[0] | {"x": None}, ROWS[1]], STEPS),
        ([ROWS[0], ROWS[1] | {"x": 0}], STEPS),
        ([ROWS[0] | {"index_date": "2020-01-01"}, ROWS[1]], STEPS),
        ([dict(reversed(row.items())) for row in ROWS], STEPS),
    ],
)
def test_every_difference_is_told(other):
    assert differences((ROWS, STEPS), other)


@pytest.mark.parametrize(
    "index",
    [
        {"keep": "last"},
        {"keep": "every"},
        {"washout": 31, "keep": "last"},
        {"between": ["2020-01-02", "2020-12-31"]},
    ],
)
def test_an_engine_that_runs_another_definition_differs(databases: Databases, index):
    engine = databases.open("duckdb", tables(DATA))
    case = Case(DEFINITION, DATA, CODES, date(2024, 1, 1))
    other = Case(DEFINITION | {"index": DEFINITION["index"] | index}, DATA, CODES, case.as_of)
    assert differences(expected(case), found(engine, read(case))) == []
    assert differences(expected(case), found(engine, read(other)))
