"""The portable function layer: ehrkit's own SQL functions.

sqlglot translates many date functions wrongly without saying so. Canonical SQL
therefore holds only `EHR_*` functions and a small safe subset (`subset`); each dialect
has a maker per function, and whatever has none is an error that names both.

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

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from sqlglot import exp

from ehrkit.core.errors import UsageError

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


def own(node: Node) -> Node:
    """Return a node that can be put into a tree: itself, or a copy where it is in one already."""
    return node if node.parent is None else node.copy()


def call(name: str, *arguments: Node) -> exp.Anonymous:
    """Return a function call that prints as it is written."""
    return exp.Anonymous(this=name, expressions=[own(argument) for argument in arguments])


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
