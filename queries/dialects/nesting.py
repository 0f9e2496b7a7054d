"""Fewer named parts for servers that allow few: a CTE that is read once moves to its reader."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from ehrkit.core.errors import UsageError
from ehrkit.queries.canonical.functions import Node


def at_most(limit: int) -> Callable[[Node], None]:
    """Return a change of a statement after which its WITH has no more than `limit` parts.

    The change raises UsageError where too many of them are read more than once.
    """

    def change(tree: Node) -> None:
        with_ = tree.args.get("with_")
        parts = list(with_.expressions) if with_ else []
        surplus = len(parts) - limit
        reads = _reads(tree) if surplus > 0 else {}
        for cte in parts:
            tables = reads.get(cte.alias, [])
            if surplus > 0 and len(tables) == 1:
                _move(cte, tables[0])
                surplus -= 1
        if surplus > 0:
            raise UsageError(
                f"the statement has {limit + surplus} named parts that are read more than once",
                hint=f"This server allows {limit}; ask for fewer columns at a time.",
            )

    return change


def _reads(tree: Node) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for table in tree.find_all(exp.Table):
        found.setdefault(table.name, []).append(table)
    return found


def _move(cte: exp.CTE, table: Node) -> None:
    """Put the query where its name stood; the tree keeps the nodes, so later moves see them."""
    alias = exp.TableAlias(this=exp.to_identifier(table.alias or table.name))
    query = cte.this.pop()
    table.replace(exp.Subquery(this=query, alias=alias))
    cte.pop()
