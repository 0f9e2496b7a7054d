"""Tables of literal rows: each dialect's FROM for a list of codes, as text, several rows per line.

Text and not nodes, since a list may hold 20,000 codes and sqlglot's nodes cost 10 microseconds
and more each. Values are quoted here, or by sqlglot where they hold an unusual character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias, TypeVar

from sqlglot import exp

from ehrkit.queries.canonical.functions import Node, Value
from ehrkit.queries.dialects.build import cast, quoted

Rows: TypeAlias = Sequence[Sequence[Value]]
TableMaker: TypeAlias = Callable[[Rows, Sequence[str]], Node]
Item = TypeVar("Item")
Source: TypeAlias = Callable[[Rows, Sequence[str], str], str]

ALIAS = "t"
WIDTH = 92
UNION = "\nUNION ALL "
# PostgreSQL, and so probably Redshift, stops at some thousands of UNIONs in one row.
UNIONS = 500
# Oracle takes 999 arguments in one call; its VARRAY of text is the one that every user may make.
ORACLE_LIST = 500
# Snowflake takes 16,384 rows in one VALUES.
SNOWFLAKE_ROWS = 16_000
_PLAIN = re.compile(r"[A-Za-z0-9 _.*%?/:+-]*")


def code_table(
    dialect: str, source: Source, double: str, text: Callable[[Node], Node]
) -> TableMaker:
    """Return the maker of a code table: a SELECT of named columns from a source of literals.

    Args:
        dialect: quotes unusual values.
        source: writes the FROM of rows and names.
        double: the dialect's type of numbers.
        text: what a text column must pass, such as a collation.
    """

    def make(rows: Rows, names: Sequence[str]) -> Node:
        columns = []
        for place, name in enumerate(names):
            column: Node = exp.column(name, ALIAS)
            if isinstance(rows[0][place], str):
                column = text(column)
            elif isinstance(rows[0][place], float):
                column = cast(column, double)
            columns.append(exp.alias_(column, name))
        made = exp.Var(this=source(rows, names, dialect))
        return exp.Select(expressions=columns, from_=exp.From(this=made))

    return make


def as_it_is(column: Node) -> Node:
    """Return the column: its text compares as the database compares text."""
    return column


def values_source(rows: Rows, names: Sequence[str], dialect: str) -> str:
    """`(VALUES (..), (..)) AS t(a, b)`: DuckDB, PostgreSQL, T-SQL, Spark, Trino."""
    return f"(VALUES\n{_tuples(rows, dialect)}) AS {ALIAS}({', '.join(names)})"


def unnamed_values_source(rows: Rows, names: Sequence[str], dialect: str) -> str:
    """SQLite calls the columns of VALUES column1, column2."""
    columns = ", ".join(f"column{place} AS {name}" for place, name in enumerate(names, 1))
    return f"(SELECT {columns} FROM (VALUES\n{_tuples(rows, dialect)})) AS {ALIAS}"


def chunked_values_source(rows: Rows, names: Sequence[str], dialect: str) -> str:
    """VALUES of at most so many rows each, together: Snowflake."""
    parts = [
        f"SELECT * FROM (VALUES\n{_tuples(chunk, dialect)}) AS {ALIAS}({', '.join(names)})"
        for chunk in _chunks(rows, SNOWFLAKE_ROWS)
    ]
    return _joined(parts, f" AS {ALIAS}")


def union_source(rows: Rows, names: Sequence[str], dialect: str) -> str:
    """SELECT .. UNION ALL SELECT ..: MySQL 8 and MariaDB spell VALUES differently."""
    return f"(\n{_unions(rows, names, dialect)}) AS {ALIAS}"


def nested_union_source(rows: Rows, names: Sequence[str], dialect: str) -> str:
    """UNIONs of UNIONs, so that no row of them is too long: Redshift."""
    parts = [
        f"SELECT * FROM (\n{_unions(chunk, names, dialect)}) AS part_{place}"
        for place, chunk in enumerate(_chunks(rows, UNIONS), 1)
    ]
    return _joined(parts, f" AS {ALIAS}")


def struct_source(rows: Rows, names: Sequence[str], dialect: str) -> str:
    """UNNEST of an array of structures, the first of which names the columns: BigQuery."""
    pairs = zip(rows[0], names, strict=True)
    first = ", ".join(f"{_literal(value, dialect)} AS {name}" for value, name in pairs)
    # A single value in parentheses would be no structure.
    others = (f"STRUCT{_tuple(row, dialect)}" for row in rows[1:])
    return f"UNNEST([\n{_packed([f'STRUCT({first})', *others])}]) AS {ALIAS}"


def varray_source(rows: Rows, names: Sequence[str], dialect: str) -> str:
    """Lists of the column that varies most, per values of the others: Oracle."""
    texts = [place for place, value in enumerate(rows[0]) if isinstance(value, str)]
    listed = max(texts, key=lambda place: (len({row[place] for row in rows}), place))
    groups: dict[tuple[Value, ...], list[str]] = {}
    for row in rows:
        others = (*row[:listed], *row[listed + 1 :])
        groups.setdefault(others, []).append(_literal(row[listed], dialect))
    parts = []
    for others, codes in groups.items():
        values = [_literal(value, dialect) for value in others]
        values.insert(listed, "COLUMN_VALUE")
        columns = ", ".join(f"{v} AS {n}" for v, n in zip(values, names, strict=True))
        parts += [
            f"SELECT {columns} FROM TABLE(SYS.ODCIVARCHAR2LIST(\n{_packed(chunk)}))"
            for chunk in _chunks(codes, ORACLE_LIST)
        ]
    return _joined(parts, f" {ALIAS}")


def _joined(parts: list[str], alias: str) -> str:
    return f"({UNION.join(parts)}){alias}"


def _literal(value: Value, dialect: str) -> str:
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value):
        return f"'{value}'"
    return quoted(value, dialect)


def _tuples(rows: Rows, dialect: str) -> str:
    return _packed(_tuple(row, dialect) for row in rows)


def _tuple(row: Sequence[Value], dialect: str) -> str:
    return f"({', '.join(_literal(value, dialect) for value in row)})"


def _unions(rows: Rows, names: Sequence[str], dialect: str) -> str:
    def select(row: Sequence[Value]) -> str:
        return "SELECT " + ", ".join(_literal(value, dialect) for value in row)

    pairs = zip(rows[0], names, strict=True)
    first = "SELECT " + ", ".join(f"{_literal(value, dialect)} AS {name}" for value, name in pairs)
    return _packed([first, *map(select, rows[1:])], " UNION ALL ")


def _packed(items: Iterable[str], between: str = ", ") -> str:
    """Return the items on lines of a readable width."""
    lines, line, width = [], list[str](), 0
    for item in items:
        if line and width + len(item) > WIDTH:
            lines.append(between.join(line))
            line, width = [], 0
        line.append(item)
        width += len(item) + len(between)
    lines.append(between.join(line))
    return f"{between.rstrip()}\n".join(f"  {one}" for one in lines) + "\n"


def _chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
