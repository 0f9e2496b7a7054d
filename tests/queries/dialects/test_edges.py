"""Edge values of every function: the same on all engines, and what plain Python says they are."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.dialects import render
from tests.queries.databases import EXECUTED, Databases
from tests.queries.dialects import evaluating as python
from tests.queries.dialects.edges import EDGES, NOT_READ_AGAIN
from tests.queries.dialects.reread import MACROS, on_duckdb
from tests.queries.dialects.statements import CHECKED


@pytest.mark.parametrize("engine", EXECUTED)
def test_edges_have_one_value_everywhere(databases: Databases, engine: str) -> None:
    expressions = {text: (text, EDGES[text]) for text in EDGES}
    found = python.evaluate(databases.open(engine, {}), expressions)
    assert found == EDGES


@pytest.mark.parametrize("dialect", CHECKED)
def test_edges_have_the_same_value_where_they_are_read_again(dialect: str) -> None:
    database = duckdb.connect()
    database.execute(MACROS)
    wrong = {}
    for expression, value in EDGES.items():
        if (dialect, expression) in NOT_READ_AGAIN:
            continue
        text = on_duckdb(render(parse(f"SELECT {expression} AS x"), dialect), dialect)
        try:
            found = database.execute(text).fetchall()[0][0]
        except duckdb.Error as error:
            found = str(error)
        if found != value:
            wrong[expression] = found
    assert wrong == {}


def test_a_known_difference_stays_the_only_one(databases: Databases) -> None:
    """DuckDB reads an underscore between the digits of a whole number; a pattern would be slow."""
    text = {"x": ("EHR_INTEGER('1_000')", 1)}
    assert python.evaluate(databases.open("duckdb", {}), text) == {"x": 1000}
    assert python.evaluate(databases.open("sqlite", {}), text) == {"x": None}


TEXTS = [
    "12",
    " 12 ",
    "-3.5",
    "1e3",
    "0012",
    "abc",
    "",
    ".5",
    "5.",
    "+7",
    "1e99",
    "12345678901234567",
]
days = st.dates(date(1900, 1, 1), date(9900, 12, 31))
instants = st.datetimes(datetime(1900, 1, 1), datetime(9990, 12, 31))
numbers = st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda x: round(x, 6) + 0.0)
CASE = st.tuples(
    st.none() | days, days, st.integers(-800, 800), st.integers(-1000, 1000),
    st.none() | instants, instants, st.none() | numbers, numbers,
    st.integers(1800, 2400), st.integers(-1, 14), st.integers(-1, 33), st.sampled_from(TEXTS),
)  # fmt: skip
NAMES = ["first", "second", "days", "months", "early", "late", "number", "other",
         "year", "month", "day", "words"]  # fmt: skip
KINDS = [pa.date32(), pa.date32(), pa.int64(), pa.int64(), pa.timestamp("us"), pa.timestamp("us"),
         pa.float64(), pa.float64(), pa.int64(), pa.int64(), pa.int64(), pa.string()]  # fmt: skip
SCHEMA = pa.schema([("PLACE", pa.int64()), *zip([n.upper() for n in NAMES], KINDS, strict=True)])


def expected(case: dict[str, Any]) -> dict[str, Any]:
    first, second, early, number = case["first"], case["second"], case["early"], case["number"]
    other, words = case["other"], case["words"]
    return {
        "EHR_DAY_DIFF(c.FIRST, c.SECOND)": first and (second - first).days,
        "EHR_DAY_DIFF(c.EARLY, c.LATE)": early and (case["late"].date() - early.date()).days,
        "EHR_ADD_DAYS(c.SECOND, c.DAYS)": date.fromordinal(second.toordinal() + case["days"]),
        "EHR_ADD_MONTHS(c.FIRST, c.MONTHS)": first and python.add_months(first, case["months"]),
        "EHR_SECONDS(c.EARLY, c.LATE)": early and python.seconds(early, case["late"]),
        "EHR_AGE(c.FIRST, c.SECOND)": first and python.age(first, second),
        "EHR_YEAR(c.FIRST)": first and first.year,
        "EHR_MONTH(c.SECOND)": second.month,
        "EHR_ISO(c.FIRST)": first and first.isoformat(),
        "EHR_TO_DATE(c.LATE)": case["late"].date(),
        "EHR_MAKE_DATE(c.YEAR, c.MONTH, c.DAY)": python.real_date(
            case["year"], case["month"], case["day"]
        ),
        "EHR_DIVIDE(c.OTHER, c.DAYS)": other / case["days"] if case["days"] else None,
        "EHR_ROUND(c.OTHER, 2)": python.rounded(other, 2),
        "EHR_SQRT(c.OTHER)": math.sqrt(other) if other >= 0 else None,
        "EHR_LEAST(c.NUMBER, c.OTHER)": other if number is None else min(number, other),
        "EHR_GREATEST(c.NUMBER, c.OTHER)": other if number is None else max(number, other),
        "EHR_NUMBER(c.OTHER)": other,
        "EHR_INTEGER(c.OTHER)": int(other) if other == int(other) else None,
        "EHR_NUMBER(c.WORDS)": python.number(words),
        "EHR_INTEGER(c.WORDS)": python.integer(words),
        "EHR_KEY(c.DAYS, c.WORDS)": f"{case['days']}/{words}",
        "EHR_CODE(c.WORDS)": words.replace(".", "").strip().upper(),
    }


@pytest.mark.parametrize("engine", EXECUTED)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CASE, min_size=15, max_size=25))
def test_columns_of_any_values_give_what_python_gives(
    databases: Databases, engine: str, drawn: list[tuple[Any, ...]]
) -> None:
    cases = [dict(zip(NAMES, case, strict=True)) for case in drawn]
    columns = [list(range(len(cases))), *zip(*drawn, strict=True)]
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], SCHEMA)
    wanted = [expected(case) for case in cases]
    texts = {f"x{place}": text for place, text in enumerate(wanted[0])}
    selected = ", ".join(f"{text} AS {name}" for name, text in texts.items())
    tree = parse(f"SELECT {selected} FROM CASES AS c ORDER BY c.PLACE")
    schema = pa.schema([(name, _kind(text)) for name, text in texts.items()])
    found = python.rows(databases.open(engine, {"CASES": table}), tree, schema)
    assert [list(row.values()) for row in found] == [list(row.values()) for row in wanted]


def _kind(text: str) -> pa.DataType:
    name = text.partition("(")[0]
    if name in ("EHR_ADD_DAYS", "EHR_ADD_MONTHS", "EHR_TO_DATE", "EHR_MAKE_DATE"):
        return pa.date32()
    if name in ("EHR_KEY", "EHR_CODE", "EHR_ISO"):
        return pa.string()
    doubles = ("DIVIDE", "ROUND", "SQRT", "LEAST", "GREATEST", "NUMBER")
    return pa.float64() if name.removeprefix("EHR_") in doubles else pa.int64()
