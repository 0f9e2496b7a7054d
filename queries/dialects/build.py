"""Small builders of sqlglot nodes that print as they read in every dialect."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import Maker, Node, call, own


def fn(name: str, *arguments: Node) -> Node:
    """Return a call of a native function."""
    return call(name, *arguments)


def word(name: str) -> Node:
    """Return a bare keyword argument, such as DAY in DATEDIFF(DAY, a, b)."""
    return exp.Var(this=name)


def text(value: str) -> Node:
    """Return a string literal."""
    return exp.Literal.string(value)


def number(value: int) -> Node:
    """Return an integer literal."""
    return exp.Literal.number(value)


def cast(value: Node, type_: str) -> Node:
    """Return a CAST to a type that is printed as given."""
    return exp.Cast(this=own(value), to=_kind(type_))


def minus(left: Node, right: Node) -> Node:
    """Return (left - right)."""
    return exp.Paren(this=exp.Sub(this=own(left), expression=own(right)))


def plus(left: Node, right: Node) -> Node:
    """Return (left + right)."""
    return exp.Paren(this=exp.Add(this=own(left), expression=own(right)))


def times(left: Node, right: Node) -> Node:
    """Return left * right."""
    return exp.Mul(this=own(left), expression=own(right))


def null_as(type_: str) -> Maker:
    """Return a maker of a typed NULL."""
    return lambda: cast(exp.Null(), type_)


def cast_to(type_: str) -> Maker:
    """Return a maker that casts its argument."""
    return lambda value: cast(value, type_)


def extract(part: str) -> Maker:
    """Return a maker of EXTRACT(part FROM date)."""
    return lambda value: exp.Extract(this=word(part), expression=own(value))


def when(condition: Node, then: Node, otherwise: Node | None = None) -> Node:
    """Return CASE WHEN condition THEN then ELSE otherwise END."""
    branch = exp.If(this=own(condition), true=own(then))
    return exp.Case(ifs=[branch], default=own(otherwise) if otherwise is not None else None)


def between(value: Node, low: int, high: int) -> Node:
    """Return value BETWEEN low AND high."""
    return exp.Between(this=own(value), low=number(low), high=number(high))


def try_cast(value: Node, type_: str) -> Node:
    """Return a TRY_CAST or SAFE_CAST, which is NULL where CAST would fail."""
    return exp.TryCast(this=own(value), to=_kind(type_), safe=True)


def _kind(type_: str) -> Node:
    return exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=type_)


def collate(value: Node, collation: str) -> Node:
    """Return a text that compares by this collation."""
    return exp.Collate(this=own(value), expression=word(collation))


def joined_by_pipes(*parts: Node) -> Node:
    """Return (a || b || ..)."""
    joined = own(parts[0])
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=own(part))
    return exp.Paren(this=joined)


def quoted(value: str, dialect: str) -> str:
    """Return the text as a literal.

    Redshift takes a backslash for an escape, and a quote as in the standard.
    """
    if dialect == "redshift":
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    return exp.Literal.string(value).sql(dialect)


def digits_of_date(year: Node, month: Node, day: Node) -> Node:
    """Return the whole number YYYYMMDD."""
    return plus(plus(times(year, number(10000)), times(month, number(100))), day)
