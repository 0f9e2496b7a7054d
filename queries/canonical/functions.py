"""The portable function layer: ehrkit's own SQL functions, and what SQL may stand around them.

sqlglot translates many date functions wrongly without saying so. Canonical SQL
therefore holds only `EHR_*` functions and a small safe subset; each dialect has a
maker per function, and whatever has none is an error that names both.

Functions (dates are DATE, times are local instants, numbers are IEEE doubles):

- EHR_DATE('2020-01-31'): a date literal. EHR_NO_DATE(), EHR_NO_TIME(), EHR_NO_TEXT(),
  EHR_NO_NUMBER(), EHR_NO_INTEGER(): a typed NULL.
- EHR_TO_DATE(x), EHR_TO_TIME(x): calendar date or instant of a date, instant or ISO text.
- EHR_DAY_DIFF(a, b): calendar days from a to b. EHR_ADD_DAYS(a, n): the date n days later.
- EHR_ADD_MONTHS(a, n): the same day n months later, or the last day of a shorter month.
- EHR_SECONDS(a, b): whole seconds elapsed from instant a to b, each cut to its second.
- EHR_AGE(birth, at): whole years; who is born on 29 February turns a year older on 1 March.
- EHR_YEAR(d), EHR_MONTH(d): whole numbers. EHR_MAKE_DATE(year, month, day): from whole
  numbers; NULL where one is NULL or there is no such day.
- EHR_TEXT(x): a text of at most 255 characters as it is, a whole number as its digits; what
  becomes of a fraction differs. EHR_ISO(d): a date as '2020-01-31'.
- EHR_INTEGER(x): the whole number that x is, or reads as; NULL where it is none or a fraction.
- EHR_NUMBER(x): the number that x is, or reads as: digits with a sign, a point, an exponent of
  two digits, blanks around; NULL where it is none.
- EHR_CODE(x): upper case, no dots, no blanks around. EHR_PREFIX(x, n): its first n characters.
- EHR_ORDER(x): a text as a key of ORDER BY, by code points whatever the database's collation.
- EHR_KEY(a, b): one text of two parts that are never NULL, `a/b`.
- EHR_DIVIDE(a, b): not whole-number division; NULL where b is 0. EHR_SQRT(x): NULL below 0.
- EHR_ROUND(x, n): to n decimals, n being a digit as written: halves go away from 0, after x
  has become a double, so that all dialects agree. EHR_ABS(x).
- EHR_LEAST(a, b), EHR_GREATEST(a, b): a NULL is ignored.

A `CodeTable` is a SELECT of literal rows, for code lists that are too long for IN.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, TypeAlias

from sqlglot import exp

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.spelling import suggest

Node: TypeAlias = exp.Expr
Maker: TypeAlias = Callable[..., Node]
Value: TypeAlias = str | int | float

CODE_TABLE = "a code table"

ARITY = {
    "EHR_DATE": 1,
    "EHR_NO_DATE": 0,
    "EHR_NO_TIME": 0,
    "EHR_NO_TEXT": 0,
    "EHR_NO_NUMBER": 0,
    "EHR_NO_INTEGER": 0,
    "EHR_TO_DATE": 1,
    "EHR_TO_TIME": 1,
    "EHR_DAY_DIFF": 2,
    "EHR_ADD_DAYS": 2,
    "EHR_ADD_MONTHS": 2,
    "EHR_SECONDS": 2,
    "EHR_AGE": 2,
    "EHR_YEAR": 1,
    "EHR_MONTH": 1,
    "EHR_MAKE_DATE": 3,
    "EHR_TEXT": 1,
    "EHR_ISO": 1,
    "EHR_ORDER": 1,
    "EHR_INTEGER": 1,
    "EHR_NUMBER": 1,
    "EHR_CODE": 1,
    "EHR_PREFIX": 2,
    "EHR_KEY": 2,
    "EHR_DIVIDE": 2,
    "EHR_ROUND": 2,
    "EHR_SQRT": 1,
    "EHR_ABS": 1,
    "EHR_LEAST": 2,
    "EHR_GREATEST": 2,
}


class CodeTable(exp.Expression):
    """Literal rows as a query. `rows`: tuples of text, whole numbers or numbers; `names`."""

    arg_types: ClassVar = {"rows": True, "names": True}


# Nodes that every dialect prints and means alike. ORDER BY may only name columns without NULLs.
SAFE: tuple[type[Node], ...] = (
    exp.With, exp.CTE, exp.TableAlias, exp.Identifier, exp.Select, exp.From, exp.Where, exp.Join,
    exp.Table, exp.Column, exp.Alias, exp.Star, exp.Literal, exp.Null, exp.And, exp.Or, exp.Not,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Like, exp.Is,
    exp.Paren, exp.Case, exp.If, exp.Coalesce, exp.Lower, exp.Upper, exp.Trim, exp.Replace,
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.Distinct, exp.Group, exp.Having, exp.Order,
    exp.Ordered, exp.Window, exp.RowNumber, exp.Union, exp.Add, exp.Sub, exp.Mul, exp.Neg,
    exp.Exists, exp.Placeholder, exp.WindowSpec, exp.Lag, exp.Lead, CodeTable,
)  # fmt: skip

PLAIN = "Use plain joins, CASE, aggregates and EHR_ functions; see docs/dialects.md."
_ADDING = "Use EHR_ADD_DAYS(a, n) or EHR_ADD_MONTHS(a, n)."
_CASTING = "Use EHR_DATE('2020-01-31'), EHR_TO_DATE(x), EHR_TEXT(x), EHR_INTEGER(x), EHR_NUMBER(x)."
# What a person would write, and the nearest function that means the same everywhere.
INSTEAD: dict[type[Node], str] = {
    exp.DateDiff: "Use EHR_DAY_DIFF(a, b): days from a to b.",
    exp.Interval: _ADDING,
    exp.DateAdd: _ADDING,
    exp.DateSub: _ADDING,
    exp.Cast: _CASTING,
    exp.TryCast: _CASTING,
    exp.Year: "Use EHR_YEAR(d).",
    exp.Month: "Use EHR_MONTH(d).",
    exp.Extract: "Use EHR_YEAR(d) or EHR_MONTH(d).",
    exp.Substring: "Use EHR_PREFIX(x, n).",
    exp.Left: "Use EHR_PREFIX(x, n).",
    exp.DPipe: "Use EHR_KEY(a, b) for a text of two parts.",
    exp.Concat: "Use EHR_KEY(a, b) for a text of two parts.",
    exp.Round: "Use EHR_ROUND(x, n).",
    exp.Abs: "Use EHR_ABS(x).",
    exp.Sqrt: "Use EHR_SQRT(x).",
    exp.Div: "Use EHR_DIVIDE(a, b).",
    exp.Avg: "Use EHR_DIVIDE(SUM(x), COUNT(x)).",
    exp.Greatest: "Use EHR_GREATEST(a, b).",
    exp.Least: "Use EHR_LEAST(a, b).",
    exp.ILike: "Use LOWER(x) LIKE 'a%'.",
    exp.CurrentDate: "Give the day as a parameter of type date.",
    exp.Limit: "Take as many rows as you want with `head` in the shell.",
}

_FRAME = ("kind", "start", "start_side", "end", "end_side")
_FRAMES = (
    ["ROWS", "UNBOUNDED", "PRECEDING", "CURRENT ROW", None],
    ["ROWS", "UNBOUNDED", "PRECEDING", exp.Literal.number(1), "PRECEDING"],
)


def own(node: Node) -> Node:
    """Return a node that can be put into a tree: itself, or a copy where it is in one already."""
    return node if node.parent is None else node.copy()


def call(name: str, *arguments: Node) -> exp.Anonymous:
    """Return a function call that prints as it is written."""
    return exp.Anonymous(this=name, expressions=[own(argument) for argument in arguments])


def check_portable(tree: Node, where: str, *, besides: Collection[str] = ()) -> None:
    """Refuse SQL outside the safe subset; `besides` are calls that somebody else puts in place.

    Raises:
        DataError: a construct or a function that ehrkit cannot promise on every dialect.
    """
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if str(node.this).upper() not in besides:
                _check_call(node, where, besides)
        elif not isinstance(node, SAFE) and not _is_list_of_in(node):
            raise DataError(
                f"{type(node).__name__} is outside the portable SQL",
                where=where,
                hint=INSTEAD.get(type(node), PLAIN),
            )
        elif isinstance(node, exp.Join) and node.args.get("using"):
            raise DataError("JOIN USING is outside the portable SQL; write ON", where=where)
        elif isinstance(node, exp.Window):
            _check_window(node, where)
        elif isinstance(node, exp.Like) and "\\" in node.expression.name:
            raise DataError("a backslash in LIKE is an escape in some dialects alone", where=where)


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


def lower(tree: Node, makers: Mapping[str, Maker], dialect: str) -> None:
    """Put the dialect's own expression in the place of every `EHR_*` call and code table.

    Raises:
        UsageError: a function has no maker for the dialect; both are named.
    """
    found = list(tree.find_all(exp.Anonymous, CodeTable))
    for node in reversed(found):  # what stands inside another comes after it
        name = CODE_TABLE if isinstance(node, CodeTable) else str(node.this).upper()
        if name not in makers:
            raise UsageError(f"{name} cannot be written for the dialect {dialect}")
        made = makers[name](*_arguments(node))
        made.comments = node.comments or made.comments
        node.replace(made)


def _arguments(node: Node) -> list[Any]:
    """Return what a maker is called with; the nodes leave the call, so that they need no copy."""
    if isinstance(node, CodeTable):
        return list(node.args.values())
    arguments = list(node.expressions)
    node.set("expressions", [])
    for argument in arguments:
        argument.parent = None
    return arguments
