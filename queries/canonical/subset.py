"""What SQL may stand around the `EHR_*` functions: what every dialect prints and means alike."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.core.spelling import suggest
from ehrkit.queries.canonical.functions import ARITY, CodeTable, Node
from ehrkit.queries.canonical.instead import INSTEAD, PLAIN

_ONE = ("this",)
_TWO = ("this", "expression")
# Each kind of node and what of it may be said. ORDER BY may only name columns without NULLs.
SAFE: Final[dict[type[Node], tuple[str, ...]]] = {
    exp.With: ("expressions",),
    exp.CTE: ("this", "alias"),
    exp.Select: (
        "with_", "distinct", "expressions", "from_", "joins", "where", "group", "having", "order",
    ),
    exp.Union: ("with_", "this", "expression", "distinct", "order"),
    exp.From: _ONE,
    exp.Join: ("this", "on", "side", "kind"),
    exp.Table: ("this", "alias", "db", "catalog"),
    exp.TableAlias: _ONE,
    exp.Where: _ONE,
    exp.Group: ("expressions",),
    exp.Having: _ONE,
    exp.Order: ("expressions",),
    exp.Ordered: ("this", "desc"),
    exp.Distinct: ("expressions",),
    exp.Identifier: ("this", "quoted"),
    exp.Column: ("this", "table"),
    exp.Alias: ("this", "alias"),
    exp.Star: (),
    exp.Literal: ("this", "is_string"),
    exp.Null: (),
    exp.Placeholder: _ONE,
    CodeTable: ("rows", "names"),
    exp.And: _TWO,
    exp.Or: _TWO,
    exp.Not: _ONE,
    exp.Paren: _ONE,
    exp.EQ: _TWO,
    exp.NEQ: _TWO,
    exp.GT: _TWO,
    exp.GTE: _TWO,
    exp.LT: _TWO,
    exp.LTE: _TWO,
    exp.Is: _TWO,
    exp.Like: (*_TWO, "negate"),
    exp.Between: ("this", "low", "high"),
    exp.In: ("this", "expressions", "query"),
    exp.Exists: _ONE,
    exp.Add: _TWO,
    exp.Sub: _TWO,
    exp.Mul: _TWO,
    exp.Neg: _ONE,
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true"),
    exp.Coalesce: ("this", "expressions"),
    exp.Lower: _ONE,
    exp.Upper: _ONE,
    exp.Trim: _ONE,
    exp.Replace: ("this", "expression", "replacement"),
    exp.Count: ("this", "big_int"),
    exp.Sum: _ONE,
    exp.Min: _ONE,
    exp.Max: _ONE,
    exp.Window: ("this", "over", "partition_by", "order", "spec"),
    exp.WindowSpec: ("kind", "start", "start_side", "end", "end_side"),
    exp.RowNumber: (),
    exp.Lag: ("this", "offset", "default"),
    exp.Lead: ("this", "offset", "default"),
}  # fmt: skip
# What stands for a word of SQL that its name does not tell.
WORDS = {
    "Subquery": "a query in FROM or beside other values",
    "using": "JOIN USING",
    "method": "a NATURAL or ASOF JOIN",
    "recursive": "WITH RECURSIVE",
    "columns": "a list of columns after an alias",
    "nulls_first": "NULLS FIRST",
    "all": "GROUP BY ALL",
    "except_": "a star without some columns",
    "replace": "a star with other columns",
}
JOINS = {None, "", "LEFT", "RIGHT", "INNER", "CROSS", "OUTER"}

_FRAME = ("kind", "start", "start_side", "end", "end_side")
_FRAMES = (
    ["ROWS", "UNBOUNDED", "PRECEDING", "CURRENT ROW", None],
    ["ROWS", "UNBOUNDED", "PRECEDING", exp.Literal.number(1), "PRECEDING"],
)


def check_portable(tree: Node, where: str, *, besides: Collection[str] = ()) -> None:
    """Refuse SQL outside the safe subset; `besides` are calls that somebody else puts in place.

    Raises:
        DataError: a construct or a function that ehrkit cannot promise on every dialect.
    """
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if str(node.this).upper() not in besides:
                _check_call(node, where, besides)
        elif not _is_list_of_in(node):
            found = _outside(node)
            if found:
                what, culprit = found
                raise DataError(
                    f"{what} is outside the portable SQL",
                    where=where,
                    hint=INSTEAD.get(type(culprit), PLAIN),
                )
            if isinstance(node, exp.Window):
                _check_window(node, where)


def _outside(node: Node) -> tuple[str, object] | None:
    """Return what a node says that not every dialect understands, and where; None for nothing."""
    known = SAFE.get(type(node))
    if known is None:
        return WORDS.get(type(node).__name__, type(node).__name__), node
    for key, value in node.args.items():
        if value and key not in known:
            clause = key.strip("_").upper()
            own = clause if isinstance(node, exp.Query) else f"{type(node).__name__} with {clause}"
            return WORDS.get(key, own), value
    said = _outside_by_value(node)
    return (said, node) if said else None


def _outside_by_value(node: Node) -> str | None:
    if isinstance(node, exp.Join) and not {node.side, node.kind} <= JOINS:
        return f"a {node.side or node.kind} JOIN"
    if isinstance(node, exp.Group) and any(one.is_number for one in node.expressions):
        return "GROUP BY the number of a column"
    if isinstance(node, exp.With) and node.parent is not None and node.parent.parent is not None:
        return "WITH inside a query"
    if isinstance(node, exp.Like) and "\\" in node.expression.name:
        return "a backslash in LIKE"
    return None


def _is_list_of_in(node: Node) -> bool:
    """`x IN (SELECT ...)`: the one place where a query may stand in parentheses."""
    return isinstance(node, exp.Subquery) and isinstance(node.parent, exp.In)


def _check_window(node: exp.Window, where: str) -> None:
    """A rank takes an order and no frame; an aggregate takes both, or neither.

    Redshift wants the frame of an ordered aggregate said, and without one all dialects
    count the rows of a tie together.
    """
    spec = node.args.get("spec")
    ordered, ranks = node.args.get("order") is not None, (exp.RowNumber, exp.Lag, exp.Lead)
    if isinstance(node.this, ranks):
        right = ordered and spec is None and node.this.args.get("default") is None
    else:
        frame = [spec.args.get(key) for key in _FRAME] if spec is not None else None
        right = frame in _FRAMES if ordered else spec is None
    if not right:
        raise DataError(
            "this window is outside the portable SQL",
            where=where,
            hint="ROW_NUMBER, LAG and LEAD (without a default) take ORDER BY; SUM, COUNT, MIN and "
            "MAX take ORDER BY with ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING, or AND "
            "CURRENT ROW, or no ORDER BY.",
        )


def _check_call(node: exp.Anonymous, where: str, besides: Collection[str]) -> None:
    name = str(node.this).upper()
    if name not in ARITY:
        near = suggest(name, (*besides, *ARITY))
        raise DataError(f"the function {name} is not portable", where=where, hint=near)
    if len(node.expressions) != ARITY[name]:
        raise DataError(f"{name} takes {ARITY[name]} arguments", where=where)
