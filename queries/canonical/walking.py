"""Ways through a statement: the SELECTs of a query, and the nodes of a SELECT."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ehrkit.queries.canonical.functions import Node


def branches(query: Node) -> list[Node]:
    """Return the SELECTs that a UNION puts under each other, in order; else the query alone."""
    if isinstance(query, exp.Union):
        return branches(query.left) + branches(query.right)
    return [query]


def own_nodes(select: Node) -> Iterator[Node]:
    """Yield the nodes of a SELECT and the queries in its conditions, but not what is in those."""
    inner = (exp.Select, exp.With)
    for node in select.walk(prune=lambda node: isinstance(node, inner) and node is not select):
        if not isinstance(node, exp.With):
            yield node
