"""The portable function layer: its values on two engines, and its text in all dialects."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.adapters import load_adapter, schemas
from ehrkit.queries.build import parse
from ehrkit.queries.dialects import DIALECTS, render
from ehrkit.queries.functions import ARITY, check_portable
from ehrkit.queries.named import compile_query, kit, load_query
from ehrkit.queries.reading import library, load_cohort
from ehrkit.queries.running import render_cohort

GOLDEN = Path(__file__).parent / "golden"
COHORTS = [("epic-clarity", name) for name in library()] + [
    (name, "lumbar-fusion-ed-30d") for name in schemas() if name != "epic-clarity"
]
dates = st.dates(date(1900, 1, 1), date(2100, 12, 31))
DUCKDB = duckdb.connect()
SQLITE = sqlite3.connect(":memory:")


def both(expression: str) -> list[object]:
    """Evaluate one expression on DuckDB and SQLite; dates as ISO text."""
    tree = parse(f"SELECT {expression} AS x")
    values = [
        DUCKDB.execute(render(tree, "duckdb")).fetchall()[0][0],
        SQLITE.execute(render(tree, "sqlite")).fetchall()[0][0],
    ]
    return [value.isoformat() if isinstance(value, date) else value for value in values]


@settings(max_examples=60, deadline=None)
@given(dates, dates, st.integers(-800, 800))
def test_date_arithmetic_is_calendar_arithmetic(first: date, second: date, days: int) -> None:
    late, early = f"EHR_TO_DATE('{second} 00:00:00')", f"EHR_TO_DATE('{first} 23:59:59')"
    assert both(f"EHR_DAY_DIFF({early}, {late})") == [(second - first).days] * 2
    moved = (first + timedelta(days=days)).isoformat()
    assert both(f"EHR_ADD_DAYS(EHR_DATE('{first}'), {days})") == [moved] * 2


@settings(max_examples=60, deadline=None)
@given(dates, dates)
def test_age_counts_birthdays(birth: date, at: date) -> None:
    years = at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))
    assert both(f"EHR_AGE(EHR_DATE('{birth}'), EHR_DATE('{at}'))") == [years] * 2


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("EHR_DAY_DIFF('2024-02-28 23:59:00', '2024-03-01 00:01:00')", 2),
        ("EHR_DAY_DIFF(EHR_DATE('2024-02-28'), EHR_NO_DATE())", None),
        ("EHR_MAKE_DATE(2024, 2, 9)", "2024-02-09"),
        ("EHR_MAKE_DATE(2024, NULL, 9)", None),
        ("EHR_TEXT(7)", "7"),
        ("EHR_KEY('a', 7)", "a/7"),
        ("EHR_INTEGER('0012')", 12),
        ("EHR_NUMBER(' 1.5 ')", 1.5),
        ("EHR_NUMBER('-2e3')", -2000.0),
        ("EHR_NUMBER('1-2')", None),
        ("EHR_NUMBER('>90')", None),
        ("EHR_NUMBER('12abc')", None),
        ("EHR_NUMBER('')", None),
        ("EHR_CODE(' m48.061 ')", "M48061"),
        ("EHR_LEAST(2, 1)", 1),
        ("EHR_LEAST(NULL, 1)", 1),
        ("EHR_LEAST(1, NULL)", 1),
        ("EHR_GREATEST(2, 1)", 2),
        ("EHR_GREATEST(NULL, 1)", 1),
        ("EHR_GREATEST(1, NULL)", 1),
        ("EHR_LEAST(EHR_NO_DATE(), EHR_NO_DATE())", None),
        ("EHR_NO_TEXT()", None),
        ("EHR_NO_NUMBER()", None),
        ("EHR_NO_TIME()", None),
        ("EHR_TO_DATE('2024-02-09')", "2024-02-09"),
    ],
)
def test_functions_have_one_value_everywhere(expression: str, value: object) -> None:
    assert both(expression) == [value, value]


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(UsageError, match="no dialect named tsqll") as caught:
        render(parse("SELECT 1 AS x"), "tsqll")
    assert caught.value.hint == "Did you mean tsql?"


def test_every_function_has_a_maker_in_every_dialect() -> None:
    lacking = {
        (name, function)
        for name, one in DIALECTS.items()
        for function in ARITY
        if function not in one.makers
    }
    assert lacking == set()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT DATE_DIFF('day', a, b) AS x FROM T",
        "SELECT a + INTERVAL 1 DAY AS x FROM T",
        "SELECT MEDIAN(a) AS x FROM T",
        "SELECT a FROM T JOIN U USING (a)",
        "SELECT CAST(a AS DATE) AS x FROM T",
        "SELECT a FROM T, LATERAL (SELECT 1) AS u",
        "SELECT EHR_DATE('2020-01-01', 1) AS x",
        "SELECT COUNT(*) FILTER (WHERE a > 1) AS x FROM T",
        "DELETE FROM T",
    ],
)
def test_sql_outside_the_safe_subset_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        check_portable(sqlglot.parse_one(text, read="duckdb"), "here")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("schema", "cohort"), COHORTS)
def test_every_rendering_keeps_the_rules_of_its_dialect(
    dialect: str, schema: str, cohort: str
) -> None:
    text = render_cohort(load_cohort(cohort), load_adapter(schema), dialect)
    assert "EHR_" not in text
    tree = sqlglot.parse_one(text, read=dialect)
    assert [cte.alias for cte in tree.ctes] == list(dict.fromkeys(c.alias for c in tree.ctes))
    assert not list(tree.find_all(exp.Lateral))
    assert not any(join.args.get("using") for join in tree.find_all(exp.Join))
    if dialect in ("tsql", "oracle"):
        check_server_rules(text, tree, dialect)


def check_server_rules(text: str, tree: exp.Expr, dialect: str) -> None:
    """No boolean values, no INTERVAL, and the functions that the other server has."""
    assert not re.search(r"\bINTERVAL\b|\bLIMIT\b|\bTRUE\b|\bFALSE\b", text)
    for select in tree.find_all(exp.Select):
        for item in select.expressions:
            value = item.this if isinstance(item, exp.Alias) else item
            assert not isinstance(value, (exp.Predicate, exp.Connector, exp.Not)), value.sql()
    if dialect == "oracle":
        assert not re.search(r"\bDATEDIFF\b|\bDATEADD\b|\bTRY_CAST\b|WITH RECURSIVE", text)
        assert not re.search(r"\bAS [a-z0-9_]+\s+ON\b", text), "Oracle takes no AS before an alias"
        assert not re.search(r"CAST\([^()]* AS DATE\)", text.replace("CAST(NULL AS DATE)", ""))
    else:
        assert not re.search(r"\bTRUNC\(|\bTO_DATE\(|\|\|", text)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", sorted(kit()))
def test_kit_queries_render(dialect: str, name: str) -> None:
    text = render(compile_query(load_query(name), load_adapter("epic-clarity")), dialect)
    assert sqlglot.parse_one(text, read=dialect) is not None


@pytest.mark.parametrize("dialect", ["duckdb", "tsql"])
def test_the_readable_rendering_is_as_reviewed(dialect: str) -> None:
    """A change of the SQL is a change of these files: read the difference before keeping it."""
    text = render_cohort(load_cohort("lumbar-fusion-ed-30d"), load_adapter("epic-clarity"), dialect)
    assert text + "\n" == (GOLDEN / f"lumbar-fusion-ed-30d.{dialect}.sql").read_text()


def test_parts_stand_in_the_order_of_the_story() -> None:
    cohort = load_cohort("lumbar-fusion-ed-30d")
    tree = sqlglot.parse_one(render_cohort(cohort, load_adapter("omop-5.4"), "duckdb"))
    names = [cte.alias for cte in tree.ctes]
    story = [
        "persons", "encounters", "procedures", "lumbar_fusion_procedures",
        "index_found", "index_kept", "index_dated", "rule_1_18_or_older_at_surgery", "column_1",
        "follow_ups",
    ]  # fmt: skip
    assert [name for name in names if name in story] == story
