"""Building canonical SQL trees from text with named literals; values are bound, never spliced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlglot import exp

from ehrkit.queries.canonical.functions import CodeTable, Node, Value, call
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.narrowing import narrow

# Oracle before 12.2 and PostgreSQL limit names; 30 characters fit all.
NAME_LENGTH = 30
# Oracle allows 1,000 items in one IN list; half of it stays readable for planners too.
IN_LIST = 500


def identifier(text: str, prefix: str = "") -> str:
    """Return a name for SQL: a-z, 0-9 and _, at most 30 characters."""
    slug = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return f"{prefix}{slug}"[:NAME_LENGTH].rstrip("_")


def literal(value: Any) -> Node:
    """Return a typed literal node for a Python value."""
    if isinstance(value, exp.Expr):
        return value.copy()
    if isinstance(value, date):
        return call("EHR_DATE", exp.Literal.string(value.isoformat()))
    if isinstance(value, int | float):
        number = exp.Literal.number(repr(abs(value)))
        return exp.Neg(this=number) if value < 0 else number
    return exp.Literal.string(str(value))


def parse(text: str, /, **values: Any) -> Node:
    """Parse canonical SQL whose `:name` places take the given values or nodes."""
    return fill(read(text), values)


def fill(tree: Node, values: Mapping[str, Any]) -> Node:
    """Put a literal of its value's type in the place of each `:name`, and return the tree."""
    for placeholder in list(tree.find_all(exp.Placeholder)):
        new = literal(values[str(placeholder.this)])
        if placeholder is tree:
            return new
        placeholder.replace(new)
    return tree


def code_table(rows: Iterable[Sequence[Value]], names: Sequence[str]) -> Node:
    """Return a query of literal rows, such as (vocabulary, code), with the given column names.

    A column holds text, whole numbers or numbers alike in all rows, at least one of them
    text; an empty list has no such query.
    """
    return CodeTable(rows=tuple(map(tuple, rows)), names=tuple(names))


def condition(text: str, **values: Any) -> Node:
    """Parse one canonical condition."""
    return parse(text, **values)


def any_of(conditions: list[Node]) -> Node:
    """Join conditions by OR, in parentheses where there are several."""
    return conditions[0] if len(conditions) == 1 else exp.paren(exp.or_(*conditions, copy=False))


def all_of(conditions: list[Node]) -> Node:
    """Join conditions by AND, in parentheses where there are several."""
    return conditions[0] if len(conditions) == 1 else exp.paren(exp.and_(*conditions, copy=False))


def assemble(ctes: list[tuple[str, str, Node]], final: Node) -> Node:
    """Return one statement, WITH name AS (query) ... final, of what the final query needs.

    Comments stand before the queries. These become parts of it: who needs them again hands
    over copies.
    """
    parts = []
    for name, comment, query in ctes:
        if comment:
            query.comments = [f" {comment} "]
        alias = exp.TableAlias(this=exp.to_identifier(name))
        parts.append(exp.CTE(this=query, alias=alias))
    if parts:
        final.set("with_", exp.With(expressions=parts))
    narrow(final)
    return final
