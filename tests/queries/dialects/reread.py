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

from ehrkit.queries.dialects.build import cast

# What the rewritten statements call; all of it is what the server's own function does.
MACROS = """
    CREATE OR REPLACE TEMP TABLE DUAL AS SELECT 'X' AS DUMMY;
    CREATE OR REPLACE TEMP MACRO TO_BINARY_DOUBLE(x) AS CAST(x AS DOUBLE);
    CREATE OR REPLACE TEMP MACRO NLSSORT(x, how) AS x;
    CREATE OR REPLACE TEMP MACRO SECOND_OF_DAY(x) AS
        DATE_DIFF('second', DATE_TRUNC('day', x), DATE_TRUNC('second', x));
"""


@dataclass(frozen=True)
class Repair:
    """One thing that the way back to DuckDB gets wrong.

    Attributes:
        dialects: of the statement.
        reason: why it is not sqlglot's own translation.
        change: returns the node in its place, or the node itself.
    """

    dialects: tuple[str, ...]
    reason: str
    change: Callable[[exp.Expr], exp.Expr]


def on_duckdb(text: str, dialect: str, used: set[Repair] | None = None) -> str:
    """Return the statement for DuckDB; collect the repairs that it needed."""
    tree: exp.Expr = sqlglot.parse_one(text, read=dialect)
    for repair in REPAIRS:
        if dialect in repair.dialects:
            changed = tree.transform(repair.change)
            if changed != tree and used is not None:
                used.add(repair)
            tree = changed
    return tree.sql("duckdb")


def _added_dates(node: exp.Expr) -> exp.Expr:
    if isinstance(node, (exp.DateAdd, exp.TsOrDsAdd, exp.AddMonths)) and not isinstance(
        node.parent, exp.Cast
    ):
        return cast(node, "DATE")
    return node


def _double(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.FLOAT:
        return exp.DataType.build("DOUBLE")
    return node


def _collation(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Collate) else node


def _character_class(node: exp.Expr) -> exp.Expr:
    """LIKE '%[..]%' asks for a character of a class, and [[] for a bracket."""
    if not isinstance(node, exp.Like) or "[" not in node.expression.name:
        return node
    pattern = node.expression.name
    if "[[]" in pattern:
        node.set("expression", exp.Literal.string(pattern.replace("[[]", "[")))
        return node
    found = exp.RegexpLike(this=node.this, expression=exp.Literal.string(pattern.strip("%")))
    return exp.Not(this=found) if node.args.get("negate") else found


def _printf(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Format):
        return exp.Anonymous(this="PRINTF", expressions=[node.this, *node.expressions])
    return node


def _truncated(node: exp.Expr) -> exp.Expr:
    """TRUNC(x) and TRUNC(x, 'MM') of a date or an instant."""
    if isinstance(node, exp.Trunc) and node.args.get("decimals") is None:
        return cast(node.this, "DATE")
    if isinstance(node, (exp.DateTrunc, exp.TimestampTrunc)):
        unit = node.text("unit").strip("'").upper()
        first = exp.Anonymous(this="DATE_TRUNC", expressions=[UNITS[unit].copy(), node.this])
        return cast(first, "DATE")
    return node


UNITS = {"DD": exp.Literal.string("day"), "MM": exp.Literal.string("month")}


def _second_of_day(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.ToNumber) and node.this.text("format") == "%S%SS":
        return exp.Anonymous(this="SECOND_OF_DAY", expressions=[node.this.this])
    return node


def _to_number(node: exp.Expr) -> exp.Expr:
    return cast(node.this, "DECIMAL(38, 9)") if isinstance(node, exp.ToNumber) else node


def _without_zero(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.ToChar) and node.this == exp.Literal.number("0.5"):
        return exp.Literal.string(".5")
    return node


def _whole_number(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.DataType) and node.sql("oracle") == "NUMBER(19)":
        return exp.DataType.build("BIGINT")
    return node


def _extracted(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Extract) and not isinstance(node.parent, exp.Cast):
        return cast(node, "INTEGER")
    return node


def _text_list(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Table) and "ODCIVARCHAR2LIST" in node.sql("oracle"):
        texts = [one.copy() for one in node.find_all(exp.Literal)]
        unnested = exp.Unnest(expressions=[exp.Array(expressions=texts)])
        columns = [exp.to_identifier("COLUMN_VALUE")]
        unnested.set("alias", exp.TableAlias(this=exp.to_identifier("l"), columns=columns))
        return unnested
    return node


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
    Repair(("oracle",), "TRUNC of an instant is its day; DuckDB has it for numbers", _truncated),
    Repair(("oracle",), "SSSSS is the second of the day, and not %S twice", _second_of_day),
    Repair(("oracle",), "NUMBER is a decimal; sqlglot takes it for a double", _to_number),
    Repair(("oracle",), "TO_CHAR(0.5) has no 0 before the point", _without_zero),
    Repair(("oracle",), "NUMBER(19) comes out of the driver as a whole number", _whole_number),
    Repair(("oracle",), "a DATE takes any number of days; DuckDB an INTEGER alone", _extracted),
    Repair(("oracle",), "TABLE(list) makes rows of a VARRAY, as UNNEST does", _text_list),
)
