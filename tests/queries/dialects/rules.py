"""What a server refuses, or means otherwise, as rules on the text of a statement.

From ehrkit's reference on dialects and the vendors' manuals. The parsers of the other
tests let most of it pass. A rule is a pattern of the text without its literals and
comments, or looks at the tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

LITERAL = re.compile(r"N?'(?:[^'\\]|''|\\.)*'", re.DOTALL)
PLAIN_LITERAL = re.compile(r"N?'(?:[^']|'')*'", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ESCAPING = ("bigquery", "databricks", "snowflake", "redshift")
LONGEST_LIST = 1000
# Oracle before 12.2 takes 30 bytes, PostgreSQL 63, SQL Server 128.
LONGEST_NAME = 63


@dataclass(frozen=True)
class Rule:
    """A pattern that must not be found.

    Attributes:
        dialects: where it holds.
        pattern: of the text without literals and comments, upper case or not.
        why: what the server does.
        broken: a statement that breaks it.
    """

    dialects: tuple[str, ...]
    pattern: str
    why: str
    broken: str


ALL = ("tsql", "oracle", "snowflake", "bigquery", "redshift", "databricks", "trino")
RULES = (
    Rule(ALL, r"\bEHR_", "a portable function that no maker replaced", "SELECT EHR_DATE('x')"),
    Rule(ALL, r"\bLATERAL\b", "joins are plain", "SELECT 1 FROM t, LATERAL (SELECT 1) u"),
    Rule(ALL, r"\bQUALIFY\b", "few have it", "SELECT a FROM t QUALIFY b = 1"),
    Rule(ALL, r"\bUSING\s*\(", "SQL Server has none", "SELECT 1 FROM t JOIN u USING (a)"),
    Rule(ALL, r"\bFILTER\s*\(", "most have none", "SELECT COUNT(*) FILTER (WHERE a = 1) FROM t"),
    Rule(ALL, r"\bRECURSIVE\b", "Oracle and SQL Server have no such word",
         "WITH RECURSIVE a AS (SELECT 1) SELECT 1 FROM a"),
    Rule(ALL, r"\bILIKE\b", "few have it", "SELECT 1 FROM t WHERE a ILIKE 'x'"),
    Rule(ALL, r"\b(MEDIAN|PERCENTILE_CONT)\b", "each has its own", "SELECT MEDIAN(a) FROM t"),
    Rule(ALL, r"\bRANGE\s+BETWEEN\b", "with intervals few have it",
         "SELECT SUM(a) OVER (ORDER BY b RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t"),
    Rule(("tsql", "oracle", "snowflake", "redshift", "databricks", "trino"), r"\bINTERVAL\b",
         "each means another", "SELECT a + INTERVAL '30' DAY FROM t"),
    Rule(("tsql", "oracle"), r"\bLIMIT\b", "TOP, or FETCH FIRST", "SELECT a FROM t LIMIT 5"),
    Rule(("tsql", "oracle"), r"\b(TRUE|FALSE)\b", "there are no booleans",
         "SELECT 1 FROM t WHERE TRUE"),
    Rule(("tsql",), r"\|\|", "texts are joined by CONCAT", "SELECT a || b FROM t"),
    Rule(("tsql",), r"\b(TRUNC|TO_DATE|TO_CHAR|SUBSTR|LENGTH|EXTRACT|DATE_TRUNC|LEAST|GREATEST)\(",
         "a function of other servers, or of SQL Server 2022", "SELECT TO_DATE(a) FROM t"),
    Rule(("tsql",), r"\bDATEDIFF\(SECOND\b", "overflows after 68 years; DATEDIFF_BIG does not",
         "SELECT DATEDIFF(SECOND, a, b) FROM t"),
    Rule(("tsql",), r"\bTIMESTAMP\b", "is a row's version", "SELECT CAST(a AS TIMESTAMP) FROM t"),
    Rule(("oracle",), r"\b(DATEDIFF|DATEADD|DATE_ADD|DATE_DIFF|TRY_CAST|SUBSTRING|CONCAT)\(",
         "a function of other servers, or of two arguments", "SELECT DATEDIFF(a, b) FROM t"),
    Rule(("oracle",), r"\b(FROM|JOIN)\s+[\w.\"]+\s+AS\b", "an alias of a table stands without AS",
         "SELECT a FROM t AS x"),
    Rule(("oracle",), r"\)\s+AS\s+\w+\s+(ON|WHERE)\b", "an alias of a table stands without AS",
         "SELECT a FROM t LEFT JOIN (SELECT 1 AS a FROM DUAL) AS x ON x.a = t.a"),
    Rule(("oracle",), r"\bVALUES\b", "no table of values before 23ai",
         "SELECT a FROM (VALUES (1)) t(a)"),
    Rule(("oracle",), r"\bCAST\((?!NULL\b)[^()]*(\([^()]*\)[^()]*)*\s+AS\s+DATE\)",
         "a DATE keeps the time of its day; TRUNC takes it away",
         "SELECT CAST(a AS DATE) FROM t"),
    Rule(("oracle",), r"\b(TEXT|STRING|BIGINT|DOUBLE|CLOB)\b", "no type, or one not to compare",
         "SELECT CAST(a AS CLOB) FROM t"),
    Rule(("bigquery",), r"\b(DATEDIFF|DATEADD|MAKE_DATE|DATE_FROM_PARTS|TRY_CAST|VARCHAR)\b",
         "a name of other servers", "SELECT DATEDIFF(a, b) FROM t"),
    Rule(("bigquery",), r"\bTIMESTAMP\b", "is an instant of a time zone; DATETIME is local",
         "SELECT CAST(a AS TIMESTAMP) FROM t"),
    Rule(("bigquery",), r"\bUNION\b(?!\s+(ALL|DISTINCT))", "UNION wants ALL or DISTINCT",
         "SELECT 1 UNION SELECT 2"),
    Rule(("redshift",), r"\b(MAKE_DATE|MAKE_INTERVAL|TRY_CAST|DATE_FROM_PARTS)\b",
         "it has none of these", "SELECT MAKE_DATE(2024, 1, 1)"),
    Rule(("redshift",), r"\(VALUES\b", "no table of values", "SELECT a FROM (VALUES (1)) AS t(a)"),
    Rule(("snowflake",), r"\b(MAKE_DATE|DATE_FROM_PARTS|TIMESTAMP|TIMESTAMP_LTZ|TIMESTAMP_TZ)\b",
         "shifts 30 February, or depends on a parameter of the session",
         "SELECT CAST(a AS TIMESTAMP) FROM t"),
    Rule(("snowflake",), r"\bTRY_CAST\b", "takes text alone", "SELECT TRY_CAST(a AS DOUBLE)"),
    Rule(("databricks",), r"\bTIMESTAMP\b", "depends on the session's time zone",
         "SELECT CAST(a AS TIMESTAMP) FROM t"),
    Rule(("databricks",), r"\bDATEDIFF\(\s*(DAY|SECOND)\b", "its units count elapsed time",
         "SELECT DATEDIFF(DAY, a, b) FROM t"),
    Rule(("trino",), r"\b(DATEDIFF|DATEADD|MAKE_DATE|DATE_FROM_PARTS)\b", "names of other servers",
         "SELECT DATEADD(DAY, 1, a) FROM t"),
    Rule(("trino",), r"\bTIMESTAMP\b(?!\(6\))", "has milliseconds, to which it rounds",
         "SELECT CAST(a AS TIMESTAMP) FROM t"),
)  # fmt: skip


def bare(text: str, dialect: str) -> str:
    """Return the statement without its comments and literals."""
    literal = LITERAL if dialect in ESCAPING else PLAIN_LITERAL
    return literal.sub("''", COMMENT.sub("", text))


def broken_rules(text: str, dialect: str) -> list[str]:
    """Say which rules the text of a statement breaks."""
    stripped = bare(text, dialect)
    found = [
        rule.why
        for rule in RULES
        if dialect in rule.dialects and re.search(rule.pattern, stripped, re.IGNORECASE)
    ]
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except ParseError:
        return [*found, "the dialect's own reader refuses it"]
    return found + [why for look in LOOKS for why in look(tree, dialect)]


def _booleans(tree: exp.Expr, dialect: str) -> Iterator[str]:
    """A comparison, EXISTS or AND is no value on SQL Server and Oracle."""
    if dialect not in ("tsql", "oracle"):
        return
    for select in tree.find_all(exp.Select):
        for item in select.expressions:
            if _is_condition(item.unalias()):
                yield "a condition stands in a select list"
    for branch in tree.find_all(exp.If):
        if _is_condition(branch.args["true"]):
            yield "a condition is the value of a CASE"
    for aggregate in tree.find_all(exp.AggFunc):
        if isinstance(aggregate.this, exp.Expr) and _is_condition(aggregate.this):
            yield "a condition is aggregated"


def _is_condition(node: exp.Expr) -> bool:
    kinds = (exp.Predicate, exp.Connector, exp.Not, exp.Exists)
    inner = node.unnest()
    return isinstance(inner, kinds) and not isinstance(inner, (exp.Case, exp.SubqueryPredicate))


def _lists(tree: exp.Expr, dialect: str) -> Iterator[str]:
    for one in tree.find_all(exp.In):
        if len(one.expressions) > LONGEST_LIST:
            yield f"an IN list holds more than {LONGEST_LIST} items"


def _from(tree: exp.Expr, dialect: str) -> Iterator[str]:
    if dialect == "oracle":
        for select in tree.find_all(exp.Select):
            if select.args.get("from_") is None:
                yield "a SELECT has no FROM"


def _names(tree: exp.Expr, dialect: str) -> Iterator[str]:
    for identifier in tree.find_all(exp.Identifier):
        if len(identifier.name) > LONGEST_NAME:
            yield f"a name is longer than {LONGEST_NAME} characters"


def _order_of_dates(tree: exp.Expr, dialect: str) -> Iterator[str]:
    """Of BigQuery's differences the later date comes first: DATE_DIFF(b, a, DAY)."""
    if dialect == "bigquery":
        for difference in tree.find_all(exp.DateDiff, exp.DatetimeDiff):
            if difference.args.get("unit") is None:
                yield "a difference has no unit"


LOOKS: tuple[Callable[[exp.Expr, str], Iterator[str]], ...] = (
    _booleans, _lists, _from, _names, _order_of_dates,
)  # fmt: skip
