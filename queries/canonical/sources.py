"""Which tables of the database a statement reads, and which of their columns."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ehrkit.queries.canonical.functions import Node


def tables_read(statement: Node) -> dict[str, set[str]]:
    """Return the columns that a canonical statement reads of each table of the database.

    Tables of the database are written in upper case, parts of the statement in lower case.
    """
    found: dict[str, set[str]] = {}
    for table in statement.find_all(exp.Table):
        if table.name.isupper():
            found.setdefault(table.name, set())
    for column in statement.find_all(exp.Column):
        name = table_of(column, column.table)
        if name in found and not isinstance(column.this, exp.Star):
            found[name].add(column.name)
    return found


def table_of(node: Node, alias: str) -> str | None:
    """Return the table that an alias means in the nearest query that has it; None for none."""
    select = node.parent_select
    while select is not None:
        near = {table.alias_or_name: table.name for table in _sources(select)}
        if alias in near:
            return near[alias]
        if not alias and len(near) == 1:
            return next(iter(near.values()))
        select = select.parent_select
    return None


def _sources(select: Node) -> Iterator[exp.Table]:
    for clause in (select.args.get("from_"), *(select.args.get("joins") or ())):
        if clause is not None and isinstance(clause.this, exp.Table):
            yield clause.this
