"""The order of unknowns in a window: databases put NULLs first or last, as they are made.

ehrkit's own SQL orders by what is never NULL. What a site writes gets a key before each
key that may be NULL, so that NULLs come last everywhere, in either direction, as on DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.canonical.functions import Node

NEVER_NULL = (exp.Literal, exp.Count, exp.RowNumber)


def order_nulls_last(tree: Node) -> None:
    """Put NULLs last in the order of each window of a statement."""
    for window in tree.find_all(exp.Window):
        order = window.args.get("order")
        if order is not None:
            order.set("expressions", [key for one in order.expressions for key in _keys(one)])


def _keys(ordered: exp.Ordered) -> Iterator[Node]:
    if not _is_never_null(ordered.this):
        known = parse("CASE WHEN :key IS NULL THEN 1 ELSE 0 END", key=ordered.this)
        yield exp.Ordered(this=known)
    yield ordered


def _is_never_null(key: Node) -> bool:
    if isinstance(key, exp.Case):
        results = [*(one.args["true"] for one in key.args["ifs"]), key.args.get("default")]
        return all(isinstance(one, NEVER_NULL) for one in results)
    return isinstance(key, NEVER_NULL)
