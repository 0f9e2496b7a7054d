"""What canonical SQL may hold, how it is read, and what is refused with a name."""

from __future__ import annotations

import pytest
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.subset import check_portable
from ehrkit.queries.dialects import render

OVER = "OVER (PARTITION BY t.a ORDER BY t.b"


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
        "SELECT a FROM T WHERE a LIKE 'x\\%'",
        "DELETE FROM T",
        "SELECT t.a FROM T AS t NATURAL JOIN U AS u",
        "SELECT t.a FROM T AS t ASOF JOIN U AS u ON u.a >= t.a",
        "SELECT t.a FROM T AS t SEMI JOIN U AS u ON u.a = t.a",
        "SELECT t.a FROM T AS t FULL JOIN U AS u ON u.a = t.a",
        "SELECT COUNT(*) AS n FROM T AS t GROUP BY ALL",
        "SELECT t.a, COUNT(*) AS n FROM T AS t GROUP BY 1",
        "SELECT t.a FROM T AS t GROUP BY ROLLUP (t.a)",
        "SELECT t.a FROM T AS t ORDER BY t.a NULLS FIRST",
        "SELECT t.a FROM T AS t ORDER BY t.a LIMIT 1",
        "SELECT t.a FROM T AS t QUALIFY ROW_NUMBER() OVER (ORDER BY t.a) = 1",
        "SELECT DISTINCT ON (t.a) t.a FROM T AS t",
        "SELECT t.* EXCLUDE (a) FROM T AS t",
        "SELECT COUNT(t.a, t.b) AS n FROM T AS t",
        "SELECT MAX(t.a, 2) AS n FROM T AS t",
        "SELECT TRIM(t.a, 'x') AS n FROM T AS t",
        "SELECT x.a FROM T AS x(a)",
        "WITH c(a) AS (SELECT t.a FROM T AS t) SELECT c.a FROM c",
        "WITH c AS MATERIALIZED (SELECT t.a FROM T AS t) SELECT c.a FROM c",
        "WITH RECURSIVE c AS (SELECT 1 AS a UNION ALL SELECT c.a FROM c) SELECT c.a FROM c",
        "WITH c AS (WITH d AS (SELECT 1 AS a) SELECT d.a FROM d) SELECT c.a FROM c",
        "SELECT s.a FROM (SELECT t.a FROM T AS t) AS s",
        "SELECT t.a FROM T AS t UNION ALL BY NAME SELECT u.a FROM U AS u",
        "SELECT t.a FROM T AS t TABLESAMPLE 10%",
        f"SELECT SUM(t.c) {OVER}) AS x FROM T AS t",
        f"SELECT SUM(c) {OVER} RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS x FROM T AS t",
        f"SELECT SUM(t.c) {OVER} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS x FROM T AS t",
        "SELECT SUM(t.c) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS x FROM T AS t",
        "SELECT ROW_NUMBER() OVER (PARTITION BY t.a) AS x FROM T AS t",
        f"SELECT LAG(t.c, 1, 0) {OVER}) AS x FROM T AS t",
    ],
)
def test_sql_outside_the_safe_subset_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        check_portable(read(text), "here")


def test_a_misspelt_function_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(DataError, match="EHR_DAY_DIF is not portable") as caught:
        check_portable(read("SELECT EHR_DAY_DIF(a, b) AS x FROM T"), "here")
    assert caught.value.hint == "Did you mean EHR_DAY_DIFF?"


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(UsageError, match="no dialect named tsqll") as caught:
        render(parse("SELECT 1 AS x"), "tsqll")
    assert caught.value.hint == "Did you mean tsql?"


@pytest.mark.parametrize("digits", ["-1", "10", "EHR_NO_INTEGER()"])
def test_decimals_that_are_no_digit_are_refused(digits: str) -> None:
    with pytest.raises(DataError, match="its decimals as one digit"):
        render(parse(f"SELECT EHR_ROUND(2.5, {digits}) AS x"), "duckdb")


@pytest.mark.parametrize("name", ["x", "from", "end", "on", "window", "in", "select", "date"])
def test_any_word_may_name_a_parameter(name: str) -> None:
    text = f"SELECT :{name} AS y, ':{name}' AS z FROM t WHERE a BETWEEN :{name} AND :{name}"
    assert [found.name for found in read(text).find_all(exp.Placeholder)] == [name] * 3
    bound = parse(text, **{name: 7})
    assert bound.sql() == f"SELECT 7 AS y, ':{name}' AS z FROM t WHERE a BETWEEN 7 AND 7"


@pytest.mark.parametrize("text", ["SELECT 1 AS a; SELECT 2 AS b", "SELECT FROM WHERE", ""])
def test_what_is_not_one_statement_is_not_read(text: str) -> None:
    with pytest.raises(SqlglotError):
        read(text)
