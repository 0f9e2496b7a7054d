"""The dialects that ehrkit writes, and the printing of a canonical tree in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlglotDialect
from sqlglot.errors import ErrorLevel, UnsupportedError

from ehrkit.core.errors import UsageError
from ehrkit.queries.dialects import (
    bigquery,
    duckdb,
    mysql,
    oracle,
    postgres,
    redshift,
    snowflake,
    spark,
    sqlite,
    trino,
    tsql,
)
from ehrkit.queries.functions import Maker, Node, check_portable, lower
from ehrkit.queries.spelling import unknown


@dataclass(frozen=True)
class Dialect:
    """A dialect: its makers, and how far its SQL is proven.

    Attributes:
        level: executed (rows compared in tests) or checked (rendered and statically checked).
    """

    name: str
    makers: Mapping[str, Maker]
    level: str


_LIST = (
    Dialect("duckdb", duckdb.MAKERS, "executed"),
    Dialect("sqlite", sqlite.MAKERS, "executed"),
    Dialect("postgres", postgres.MAKERS, "checked"),
    Dialect("mysql", mysql.MAKERS, "checked"),
    Dialect("spark", spark.MAKERS, "checked"),
    Dialect("databricks", spark.MAKERS, "checked"),
    Dialect("tsql", tsql.MAKERS, "checked"),
    Dialect("oracle", oracle.MAKERS, "checked"),
    Dialect("snowflake", snowflake.MAKERS, "checked"),
    Dialect("bigquery", bigquery.MAKERS, "checked"),
    Dialect("redshift", redshift.MAKERS, "checked"),
    Dialect("trino", trino.MAKERS, "checked"),
)
DIALECTS = {one.name: one for one in _LIST}


def dialect(name: str) -> Dialect:
    """Return the named dialect.

    Raises:
        UsageError: ehrkit does not write it; the nearest name is given.
    """
    if name not in DIALECTS:
        raise unknown("dialect", name, DIALECTS)
    return DIALECTS[name]


def render(tree: Node, name: str) -> str:
    """Return the statement in a dialect, laid out for a reader.

    Raises:
        UsageError: the dialect is unknown, or lacks a function that the statement uses.
        DataError: the statement uses SQL outside the portable subset.
    """
    target = dialect(name)
    check_portable(tree, "the statement")
    lowered = lower(tree, target.makers, name)
    printer = SqlglotDialect.get_or_raise(name)
    _leave_null_order(lowered, str(printer.NULL_ORDERING))
    if name == "oracle":
        _select_from_dual(lowered)
    if name == "tsql":
        _quote_reserved(lowered)
    try:
        return printer.generate(
            lowered, pretty=True, copy=False, unsupported_level=ErrorLevel.RAISE, max_text_width=96
        )
    except UnsupportedError:
        raise UsageError(f"the statement cannot be written for the dialect {name}") from None


def _leave_null_order(tree: Node, ordering: str) -> None:
    """Mark each ORDER BY as the dialect's own null order: canonical SQL never orders NULLs."""
    for ordered in tree.find_all(exp.Ordered):
        descending = bool(ordered.args.get("desc"))
        small = ordering == "nulls_are_small"
        last = ordering == "nulls_are_last"
        ordered.set("nulls_first", False if last else small != descending)


def _select_from_dual(tree: Node) -> None:
    for select in tree.find_all(exp.Select):
        if select.args.get("from_") is None:
            select.set("from_", exp.From(this=exp.to_table("DUAL")))


def _quote_reserved(tree: Node) -> None:
    """Quote tables whose name T-SQL reserves; of the shipped schemas, Millennium has one."""
    for table in tree.find_all(exp.Table):
        if table.name.upper() == "PROCEDURE":
            table.this.set("quoted", True)
