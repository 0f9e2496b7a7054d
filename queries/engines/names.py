"""Names of tables: which catalog and schema hold them, and how this database spells them.

In canonical SQL the UPPER-CASE names after FROM and JOIN are tables of the
database; lower-case names are the statement's own. Databases differ in how they
fold unquoted names, so a name that a database spells in its own way is printed
quoted, exactly as it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from ehrkit.core.errors import UsageError
from ehrkit.queries.canonical.functions import Node

TWO_PARTS = ("mysql", "oracle", "sqlite")
LOWER_FOLDING = ("postgres", "redshift")


@dataclass(frozen=True)
class Place:
    """Where the tables of an adapter are.

    Attributes:
        catalog: the first of three parts of a name, such as a Clarity database on SQL Server.
        db_schema: the part before the table's name.
        apart: UPPER-CASE tables that stand outside of both, because the run adds them.
    """

    catalog: str | None = None
    db_schema: str | None = None
    apart: frozenset[str] = frozenset()


# Where a session looks by itself.
ANYWHERE = Place()


@dataclass(frozen=True)
class FoundTable:
    """A table as the database spells it; columns from UPPER-CASE to their own spelling."""

    name: str
    columns: Mapping[str, str]


def database_tables(tree: Node) -> Iterator[exp.Table]:
    """Yield the nodes that name tables of the database."""
    return (table for table in tree.find_all(exp.Table) if table.name.isupper())


def qualify(tree: Node, place: Place, dialect: str) -> Node:
    """Return a copy whose tables carry the catalog and the schema of their place.

    Raises:
        UsageError: the dialect's names have no catalog.
    """
    if place.catalog and dialect in TWO_PARTS:
        raise UsageError(
            f"names of tables have no catalog in {dialect}",
            where="--catalog",
            hint="Give --db-schema alone.",
        )
    qualified = tree.copy()
    for table in database_tables(qualified):
        if table.name not in place.apart:
            if table.args.get("alias") is None:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("db", _part(place.db_schema, dialect))
            table.set("catalog", _part(place.catalog, dialect))
    return qualified


def _part(name: str | None, dialect: str) -> exp.Identifier | None:
    """Return a part of a name, quoted where it would not be found otherwise."""
    quoted = name is not None and dialect in LOWER_FOLDING and name != name.lower()
    return exp.to_identifier(name, quoted=quoted or None)


def respell(tree: Node, found: Mapping[str, FoundTable], *, folds: bool) -> Node:
    """Return a copy whose tables and their columns are spelt as the database spells them.

    Args:
        tree: a canonical statement.
        found: its tables by UPPER-CASE name; others stay as they are.
        folds: the catalog says lower case for what an unquoted name finds in any case.
    """
    spelt = tree.copy()
    if any(_is_own(name, folds) for one in found.values() for name in one.columns.values()):
        for scope in traverse_scope(spelt):
            for column in scope.columns:
                source = scope.sources.get(column.table or next(iter(scope.sources), ""))
                if isinstance(source, exp.Table) and source.name in found:
                    own = found[source.name].columns.get(column.name.upper())
                    _spell(column.this, own, folds)
    for table in list(database_tables(spelt)):
        if table.name in found:
            _spell(table.this, found[table.name].name, folds)
    return spelt


def _is_own(name: str, folds: bool) -> bool:
    """Does an unquoted name, in whatever case, miss this one?"""
    return not (folds and name == name.lower())


def _spell(identifier: exp.Identifier, own: str | None, folds: bool) -> None:
    if own is not None and _is_own(own, folds):
        identifier.set("this", own)
        identifier.set("quoted", True)
