"""Statements of servers that tests cannot start, read again by sqlglot and written for DuckDB.

Where sqlglot's way back is itself wrong, or DuckDB has no such thing, a repair says
what the server documents. Each names its reason, and a test fails where one is not
needed any more. Rows are then compared as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from ehrkit.queries.dialects.build import cast, text

# What the rewritten statements call; all of it is what the server's own function does.
MACROS = """
    PRAGMA disable_optimizer;  -- it folds CAST('x' AS DATE) before it looks at its CASE
    CREATE OR REPLACE TEMP TABLE DUAL AS SELECT 'X' AS DUMMY;
    CREATE OR REPLACE TEMP MACRO TO_BINARY_DOUBLE(x) AS CAST(x AS DOUBLE);
    CREATE OR REPLACE TEMP MACRO NLSSORT(x, how) AS x;
    CREATE OR REPLACE TEMP MACRO SECOND_OF_DAY(x) AS
        DATE_DIFF('second', DATE_TRUNC('day', x), DATE_TRUNC('second', x));
"""
UNITS = {"DD": "day", "MM": "month"}
ADDS = (exp.DateAdd, exp.TsOrDsAdd, exp.AddMonths)


@dataclass(frozen=True)
class Repair:
    """One thing that the way back to DuckDB gets wrong.

    Attributes:
        dialects: of the statement.
        reason: why it is not sqlglot's own translation.
        change: returns what takes the node's place, or None.
    """

    dialects: tuple[str, ...]
    reason: str
    change: Callable[[exp.Expr], exp.Expr | None]


def on_duckdb(text: str, dialect: str, used: set[Repair] | None = None) -> str:
    """Return the statement for DuckDB; collect the repairs that it needed."""
    tree: exp.Expr = sqlglot.parse_one(text, read=dialect)
    repairs = [repair for repair in REPAIRS if dialect in repair.dialects]
    for node in reversed(list(tree.walk())):
        current = node
        for repair in repairs:
            changed = repair.change(current)
            if changed is not None:
                current.replace(changed)
                current = changed
                if used is not None:
                    used.add(repair)
    return tree.sql("duckdb")


def _is_call(node: exp.Expr, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and str(node.this).upper() == name


def _added_dates(node: exp.Expr) -> exp.Expr | None:
    inside = isinstance(node, ADDS) and not isinstance(node.parent, exp.Cast)
    return cast(node, "DATE") if inside else None


def _double(node: exp.Expr) -> exp.Expr | None:
    single = isinstance(node, exp.DataType) and node.this == exp.DataType.Type.FLOAT
    return exp.DataType.build("DOUBLE") if single else None


def _collation(node: exp.Expr) -> exp.Expr | None:
    return node.this if isinstance(node, exp.Collate) else None


def _character_class(node: exp.Expr) -> exp.Expr | None:
    """LIKE '%[..]%' asks for a character of a class, and [[] for a bracket."""
    if not isinstance(node, exp.Like) or "[" not in node.expression.name:
        return None
    pattern = node.expression.name
    if "[[]" in pattern:
        bare = node.copy()
        bare.set("expression", text(pattern.replace("[[]", "[")))
        return bare
    found = exp.RegexpLike(this=node.this, expression=text(pattern.strip("%")))
    return exp.Not(this=found) if node.args.get("negate") else found


def _printf(node: exp.Expr) -> exp.Expr | None:
    if not isinstance(node, exp.Format):
        return None
    return exp.Anonymous(this="PRINTF", expressions=[node.this, *node.expressions])


def _exact_decimal(node: exp.Expr) -> exp.Expr | None:
    if not (isinstance(node, exp.TryCast) and node.to.this == exp.DataType.Type.DECIMAL):
        return None
    if isinstance(node.this, exp.Cast):
        return None
    return exp.TryCast(this=cast(node.this, "VARCHAR"), to=node.to.copy())


def _tried_date(node: exp.Expr) -> exp.Expr | None:
    if not (isinstance(node, exp.Convert) and node.text("style") == "112"):
        return None
    parsed = exp.Anonymous(this="TRY_STRPTIME", expressions=[node.expression, text("%Y%m%d")])
    return cast(parsed, "DATE")


def _fraction(node: exp.Expr) -> exp.Expr | None:
    parsed = isinstance(node, exp.StrToTime) and ".FF" in node.text("format")
    return cast(node.this, "TIMESTAMP") if parsed else None


def _bigquery_numeric(node: exp.Expr) -> exp.Expr | None:
    bare = isinstance(node, exp.DataType) and node.this == exp.DataType.Type.DECIMAL
    return exp.DataType.build("DECIMAL(38, 9)") if bare and not node.expressions else None


def _truncated(node: exp.Expr) -> exp.Expr | None:
    """TRUNC(x) and TRUNC(x, 'MM') of a date or an instant."""
    if _is_call(node, "TRUNC") and len(node.expressions) == 1:
        return cast(node.expressions[0], "DATE")
    if not isinstance(node, (exp.DateTrunc, exp.TimestampTrunc)):
        return None
    unit = text(UNITS[node.text("unit").strip("'").upper()])
    return cast(exp.Anonymous(this="DATE_TRUNC", expressions=[unit, node.this]), "DATE")


def _second_of_day(node: exp.Expr) -> exp.Expr | None:
    if not (isinstance(node, exp.ToNumber) and node.this.text("format") in ("%S%SS", "SSSSS")):
        return None
    return exp.Anonymous(this="SECOND_OF_DAY", expressions=[node.this.this])


def _to_number(node: exp.Expr) -> exp.Expr | None:
    return cast(node.this, "DECIMAL(38, 9)") if isinstance(node, exp.ToNumber) else None


def _without_zero(node: exp.Expr) -> exp.Expr | None:
    half = isinstance(node, exp.ToChar) and node.this == exp.Literal.number("0.5")
    return text(".5") if half else None


def _whole_number(node: exp.Expr) -> exp.Expr | None:
    whole = isinstance(node, exp.DataType) and node.sql("oracle") == "NUMBER(19)"
    return exp.DataType.build("BIGINT") if whole else None


def _added_days(node: exp.Expr) -> exp.Expr | None:
    if not (isinstance(node, exp.Add) and isinstance(node.this, exp.Cast)):
        return None
    left = node.this
    if left.to.sql() != "DATE":
        return None
    return exp.Add(this=left, expression=cast(node.expression, "INTEGER"))


def _text_list(node: exp.Expr) -> exp.Expr | None:
    if not (isinstance(node, exp.Table) and "ODCIVARCHAR2LIST" in node.sql("oracle")):
        return None
    texts = exp.Array(expressions=[one.copy() for one in node.find_all(exp.Literal)])
    columns = [exp.to_identifier("COLUMN_VALUE")]
    alias = exp.TableAlias(this=exp.to_identifier("l"), columns=columns)
    return exp.Unnest(expressions=[texts], alias=alias)


REPAIRS = (
    Repair(
        ("tsql", "snowflake", "bigquery", "trino", "databricks", "oracle"),
        "DATE plus an interval is a TIMESTAMP on DuckDB; on the server it stays a DATE",
        _added_dates,
    ),
    Repair(("tsql",), "FLOAT without a size has eight bytes; sqlglot takes it for four", _double),
    Repair(("tsql",), "DuckDB compares by code points and knows no such collation", _collation),
    Repair(("tsql",), "LIKE has no classes of characters on DuckDB", _character_class),
    Repair(
        ("bigquery", "databricks", "trino"),
        "FORMAT has the places of C, which is PRINTF on DuckDB",
        _printf,
    ),
    Repair(
        ("tsql", "bigquery", "databricks", "trino"),
        "DuckDB makes a decimal of a double with noise in the last places, the servers do not",
        _exact_decimal,
    ),
    Repair(("tsql",), "TRY_CONVERT is NULL where there is no such day", _tried_date),
    Repair(("oracle",), "FF is a fraction of a second, which sqlglot does not read", _fraction),
    Repair(("bigquery",), "NUMERIC has 38 digits, 9 of them decimals", _bigquery_numeric),
    Repair(("oracle",), "TRUNC of an instant is its day; DuckDB has it for numbers", _truncated),
    Repair(("oracle",), "SSSSS is the second of the day, and not %S twice", _second_of_day),
    Repair(("oracle",), "NUMBER is a decimal; sqlglot takes it for a double", _to_number),
    Repair(("oracle",), "TO_CHAR(0.5) has no 0 before the point", _without_zero),
    Repair(("oracle",), "NUMBER(19) comes out of the driver as a whole number", _whole_number),
    Repair(("oracle",), "a DATE takes any number of days; DuckDB an INTEGER alone", _added_days),
    Repair(("oracle",), "TABLE(list) makes rows of a VARRAY, as UNNEST does", _text_list),
)
