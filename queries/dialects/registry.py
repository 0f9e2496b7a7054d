"""The dialects that ehrkit writes, and the printing of a canonical tree in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot.errors import UnsupportedError

from ehrkit.core.errors import UsageError
from ehrkit.queries.canonical.functions import Maker, Node
from ehrkit.queries.canonical.subset import check_portable
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
from ehrkit.queries.dialects.printing import print_in
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
    Dialect("postgres", postgres.MAKERS, "executed"),
    Dialect("mysql", mysql.MAKERS, "executed"),
    Dialect("spark", spark.MAKERS, "executed"),
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
    try:
        return print_in(tree, name, target.makers)
    except UnsupportedError:
        raise UsageError(f"the statement cannot be written for the dialect {name}") from None
