"""The compiled SQL returns what an independent reading of the cohort file returns.

Hypothesis draws cohort files and small data full of edges (day 0, 23:59, leap
days, ties, nulls, empty tables); rows and attrition are compared on DuckDB and SQLite.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import date, datetime
from functools import cache

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ehrkit.queries.adapters import load_adapter
from ehrkit.queries.attrition import kept_at
from ehrkit.queries.codesets import read_code_set
from ehrkit.queries.compiling import compile_attrition, compile_cohort
from ehrkit.queries.dialects import render
from ehrkit.queries.reading import read_cohort
from ehrkit.queries.sections import Section
from tests.queries.oracle import Oracle
from tests.queries.plain_data import PLAIN, duckdb_with, sqlite_with

DRAWS = int(os.environ.get("EHRKIT_TEST_DRAWS", "30"))
CODES = {
    "fusion": {"include": {"icd10pcs": ["0SG0*", "0SG1??"]}, "exclude": {"icd10pcs": ["0SG00*"]}},
    "tumour": {"include": {"icd10cm": ["C79.5*", "D16.6"]}},
}
PCS = ["0SG0", "0SG01", "0sg0.2", "0SG00A", "0SG1AB", "0SG1A"]
CM = ["C79.51", "c7952", "D166", "D16.61"]

# Few people, ids and days, so that events meet: on one day, one apart, in one encounter.
people = st.sampled_from(["a", "a", "a", "b"])
encounters = st.sampled_from(["1", "2", "10"])
days = st.sampled_from(
    [
        date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 31),
        date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2021, 2, 28),
    ]
)  # fmt: skip
clock = st.sampled_from([(0, 0, 0), (12, 30, 0), (23, 59, 59)])
known = st.builds(lambda d, c: datetime(d.year, d.month, d.day, *c), days, clock)
moments = st.one_of(known, known, known, known, st.none())
births = st.sampled_from(
    [datetime(2000, 2, 29), datetime(2002, 1, 1), datetime(2002, 2, 28), datetime(2002, 3, 1),
     datetime(1950, 7, 4), None]
)  # fmt: skip
kinds = st.sampled_from(["inpatient", "emergency", "observation", "outpatient", "other"])


def coded(vocabulary, codes):
    return st.lists(
        st.fixed_dictionaries(
            {
                "person_id": people,
                "encounter_id": encounters | st.none(),
                "event_id": st.sampled_from(["e1", "e2", "e3", "e4"]),
                "event_time": moments,
                "vocabulary": st.sampled_from([vocabulary, vocabulary, vocabulary, "omop"]),
                "code": st.sampled_from(codes),
            }
        ),
        max_size=8,
    )


def person(name):
    return st.fixed_dictionaries(
        {
            "person_id": st.just(name),
            "birth_date": births,
            "death_date": st.none() | moments,
            "sex": st.sampled_from(["female", "male", "unknown", None]),
        }
    )


data = st.fixed_dictionaries(
    {
        "person": st.tuples(person("a"), person("b")).map(list) | person("a").map(lambda p: [p]),
        "encounter": st.lists(
            st.fixed_dictionaries(
                {
                    "person_id": people,
                    "encounter_id": encounters,
                    "kind": kinds,
                    "event_time": moments,
                    "end_time": moments,
                }
            ),
            max_size=9,
        ),
        "procedure": coded("icd10pcs", PCS),
        "condition": coded("icd10cm", CM),
    }
)

# Differences that the days above make, and one beside them.
bound = st.sampled_from([-366, -60, -31, -30, -29, -1, 0, 1, 2, 28, 29, 30, 31, 59, 366])
windows = st.one_of(
    st.tuples(bound, bound).map(sorted).map(list),
    bound.map(lambda last: ["any", last]),
    bound.map(lambda first: [first, "any"]),
    st.sampled_from([["any", "any"], [0, "window"], [-1, 1]]),
)
looks = st.one_of(
    st.just({"procedure": "fusion"}),
    st.just({"condition": "tumour"}),
    st.builds(lambda k: {"encounter": k}, kinds | st.lists(kinds, min_size=1, max_size=3)),
)


def placed(inner):
    options = st.fixed_dictionaries(
        {}, optional={"days": windows, "after": st.sampled_from(["index", "discharge"])}
    )
    return st.builds(lambda one, extra: {**one, **extra}, inner, options)


happened = placed(
    st.builds(
        lambda one, n: {**one, **({"at_least": n} if n > 1 else {})}, looks, st.integers(1, 3)
    )
)
leaf = st.one_of(
    happened,
    st.builds(lambda n: {"age": {"at_least": n}}, st.integers(17, 20)),
    st.builds(lambda n: {"age": {"at_most": n}}, st.integers(17, 20)),
    st.builds(lambda s: {"sex": s}, st.sampled_from(["female", "male", "unknown"])),
)
criteria = st.recursive(
    leaf,
    lambda inner: placed(
        st.builds(
            lambda how, parts: {how: parts},
            st.sampled_from(["any", "all", "none"]),
            st.lists(inner, min_size=1, max_size=3),
        )
    ),
    max_leaves=4,
)
rules = st.lists(criteria, max_size=2).map(
    lambda found: [{"label": f"rule {n}", **one} for n, one in enumerate(found)]
)
columns = st.lists(
    st.builds(
        lambda one, value: {**one, "value": value},
        happened,
        st.sampled_from(["any", "count", "first_date", "days_to"]),
    ),
    max_size=3,
).map(lambda found: [{"name": f"c{n}", **one} for n, one in enumerate(found)])
follow_ups = st.none() | st.fixed_dictionaries(
    {
        "until": st.lists(
            st.sampled_from(["death", "last-contact", "end-of-data"]),
            min_size=1,
            max_size=3,
            unique=True,
        )
    },
    optional={"days": st.integers(0, 60), "end_of_data": st.just("2020-02-15")},
)


@st.composite
def definitions(draw):
    index = draw(looks) | {
        "keep": draw(st.sampled_from(["first", "last", "every"])),
        "of": draw(st.sampled_from(["history", "eligible"])),
    }
    if draw(st.booleans()):
        index["between"] = ["2020-01-01", "2020-02-29"]
    found = {
        "id": "drawn",
        "title": "drawn",
        "parameters": {"window": {"type": "days", "default": 30}},
        "index": index,
        "require": draw(rules),
        "forbid": draw(rules),
        "column": draw(columns),
    }
    follow_up = draw(follow_ups)
    return found if follow_up is None else found | {"follow_up": follow_up}


@cache
def plain():
    return load_adapter(str(PLAIN))


def compiled(definition):
    sets = {name: read_code_set(Section(one, "codes"), name) for name, one in CODES.items()}
    cohort = read_cohort(Section(definition, "drawn.toml"), {}, sets)
    return compile_cohort(cohort, plain()), compile_attrition(cohort, plain())


def rows(connection, statement, dialect):
    cursor = connection.execute(render(statement, dialect))
    names = [one[0] for one in cursor.description]
    return [dict(zip(names, map(comparable, row), strict=True)) for row in cursor.fetchall()]


def comparable(value):
    return value.isoformat() if isinstance(value, date) else value


def order(row):
    return [str(value) for value in row.values()]


def check(connection, dialect, definition, drawn):
    expected, steps = Oracle(definition, drawn, CODES).run()
    cohort, attrition = compiled(definition)
    wanted = [{name: comparable(value) for name, value in row.items()} for row in expected]
    found = rows(connection, cohort, dialect)
    assert sorted(found, key=order) == sorted(wanted, key=order)
    assert [row["person_id"] for row in found] == [row["person_id"] for row in wanted]
    counted = rows(connection, attrition, dialect)
    kept = [kept_at(step, counted) for step in range(len(steps))]
    assert [(row["persons"], row["events"], row["encounters"]) for row in kept] == [
        (len({e[0] for e in step}), len(step), len({e[2] for e in step} - {None})) for step in steps
    ]


relaxed = settings(
    max_examples=DRAWS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate] if DRAWS > 100 else list(Phase),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@relaxed
@given(definitions(), data)
def test_duckdb_agrees_with_the_oracle(definition, drawn):
    with duckdb_with(drawn) as connection:
        check(connection, "duckdb", definition, drawn)


@relaxed
@given(definitions(), data)
def test_sqlite_agrees_with_the_oracle(definition, drawn):
    connection = sqlite_with(drawn)
    try:
        check(connection, "sqlite", definition, drawn)
    finally:
        connection.close()


def test_engines_are_the_real_ones():
    assert duckdb.__version__ and sqlite3.sqlite_version
    with pytest.raises(AssertionError), duckdb_with(EMPTY) as connection:
        check(connection, "duckdb", {"id": "x", "title": "x", "index": {"encounter": "other"}}, ONE)


EMPTY = {"person": [], "encounter": [], "procedure": [], "condition": []}
ONE = EMPTY | {
    "person": [{"person_id": "a", "birth_date": None, "death_date": None, "sex": None}],
    "encounter": [
        {
            "person_id": "a",
            "encounter_id": "1",
            "kind": "other",
            "event_time": datetime(2020, 1, 1),
            "end_time": None,
        }
    ],
}
