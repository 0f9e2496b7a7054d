"""Which column of a grouped query has no one value in a group.

Most databases refuse it; MariaDB and SQLite take the value of any row.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from ehrkit.queries.canonical.functions import Node


def ungrouped(select: Node, aliases: Collection[str]) -> exp.Column | None:
    """Return a column that a SELECT neither groups by nor puts into an aggregate; None for none.

    Args:
        select: a SELECT with GROUP BY or an aggregate.
        aliases: the names of the tables that it reads.
    """
    group, having = select.args.get("group"), select.args.get("having")
    by = group.expressions if group else []
    sole = next(iter(aliases), "")

    def settled(node: Node) -> bool:
        return is_aggregate(node) or any(_same(node, one, sole) for one in by)

    for clause in (*select.expressions, *([having] if having else [])):
        for node in clause.walk(prune=settled):
            if isinstance(node, exp.Column) and not settled(node) and node.table in ("", *aliases):
                return node
    return None


def is_aggregate(node: Node) -> bool:
    """Tell whether a node makes one value of many rows, and not one for each of a window."""
    return isinstance(node, exp.AggFunc) and not isinstance(node.parent, exp.Window)


def _same(node: Node, other: Node, sole: str) -> bool:
    """Tell whether two expressions are the same; a column without an alias is of the one table."""
    if isinstance(node, exp.Column) and isinstance(other, exp.Column):
        return (node.table or sole, node.name) == (other.table or sole, other.name)
    return type(node) is type(other) and node == other
