"""The portable function layer: ehrkit's own SQL functions, and what SQL may stand around them.

sqlglot translates many date functions wrongly without saying so. Canonical SQL
therefore holds only `EHR_*` functions and a small safe subset; each dialect has a
maker per function, and whatever has none is an error that names both.

Functions (dates are DATE, times are local instants):

- EHR_DATE('2020-01-31'): a date literal. EHR_NO_DATE(), EHR_NO_TIME(), EHR_NO_TEXT(),
  EHR_NO_NUMBER(): a typed NULL.
- EHR_TO_DATE(x), EHR_TO_TIME(x): calendar date or instant of a date, instant or ISO text.
- EHR_DAY_DIFF(a, b): calendar days from a to b. EHR_ADD_DAYS(a, n): the date n days later.
- EHR_AGE(birth, at): whole years; who is born on 29 February turns a year older on 1 March.
- EHR_MAKE_DATE(year, month, day): from whole numbers; NULL where one is NULL.
- EHR_TEXT(x), EHR_INTEGER(x), EHR_NUMBER(x): conversions; EHR_NUMBER is NULL where x is no number.
- EHR_CODE(x): upper case, no dots, no blanks around.
- EHR_KEY(a, b): one text of two parts that are never NULL, `a/b`.
- EHR_LEAST(a, b), EHR_GREATEST(a, b): a NULL is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlglot import exp

from ehrkit.core.errors import DataError, UsageError

Node: TypeAlias = exp.Expr
Maker: TypeAlias = Callable[..., Node]

ARITY = {
    "EHR_DATE": 1,
    "EHR_NO_DATE": 0,
    "EHR_NO_TIME": 0,
    "EHR_NO_TEXT": 0,
    "EHR_NO_NUMBER": 0,
    "EHR_TO_DATE": 1,
    "EHR_TO_TIME": 1,
    "EHR_DAY_DIFF": 2,
    "EHR_ADD_DAYS": 2,
    "EHR_AGE": 2,
    "EHR_MAKE_DATE": 3,
    "EHR_TEXT": 1,
    "EHR_INTEGER": 1,
    "EHR_NUMBER": 1,
    "EHR_CODE": 1,
    "EHR_KEY": 2,
    "EHR_LEAST": 2,
    "EHR_GREATEST": 2,
}

# Nodes that every dialect prints and means alike. ORDER BY may only name columns without NULLs.
SAFE: tuple[type[Node], ...] = (
    exp.With, exp.CTE, exp.TableAlias, exp.Identifier, exp.Select, exp.From, exp.Where, exp.Join,
    exp.Table, exp.Column, exp.Alias, exp.Star, exp.Literal, exp.Null, exp.And, exp.Or, exp.Not,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Like, exp.Is,
    exp.Paren, exp.Case, exp.If, exp.Coalesce, exp.Lower, exp.Upper, exp.Trim, exp.Replace,
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.Distinct, exp.Group, exp.Having, exp.Order,
    exp.Ordered, exp.Window, exp.RowNumber, exp.Union, exp.Add, exp.Sub, exp.Mul, exp.Neg,
    exp.Exists, exp.Placeholder,
)  # fmt: skip


def call(name: str, *arguments: Node) -> exp.Anonymous:
    """Return a function call that prints as it is written."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def check_portable(tree: Node, where: str) -> None:
    """Refuse SQL outside the safe subset.

    Raises:
        DataError: a construct or a function that ehrkit cannot promise on every dialect.
    """
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            _check_call(node, where)
        elif not isinstance(node, SAFE):
            raise DataError(
                f"{type(node).__name__} is outside the portable SQL",
                where=where,
                hint=f"Use plain joins, CASE, aggregates and {', '.join(ARITY)}.",
            )
        elif isinstance(node, exp.Join) and node.args.get("using"):
            raise DataError("JOIN USING is outside the portable SQL; write ON", where=where)


def _check_call(node: exp.Anonymous, where: str) -> None:
    name = str(node.this).upper()
    if name not in ARITY:
        raise DataError(
            f"the function {name} is not portable", where=where, hint=f"Known: {', '.join(ARITY)}."
        )
    if len(node.expressions) != ARITY[name]:
        raise DataError(f"{name} takes {ARITY[name]} arguments", where=where)


def lower(tree: Node, makers: Mapping[str, Maker], dialect: str) -> Node:
    """Return a copy in which every `EHR_*` call is the dialect's own expression.

    Raises:
        UsageError: a function has no maker for the dialect; both are named.
    """
    lowered = tree.copy()
    calls = [node for node in lowered.find_all(exp.Anonymous) if str(node.this).upper() in ARITY]
    for node in sorted(calls, key=lambda one: -one.depth):
        name = str(node.this).upper()
        if name not in makers:
            raise UsageError(f"{name} cannot be written for the dialect {dialect}")
        node.replace(makers[name](*[argument.copy() for argument in node.expressions]))
    return lowered
