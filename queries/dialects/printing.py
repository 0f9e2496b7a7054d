"""From a canonical tree to text: makers, and what a dialect wants otherwise that is no function."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as SqlglotDialect
from sqlglot.errors import ErrorLevel

from ehrkit.queries.canonical.functions import Maker, Node, lower
from ehrkit.queries.dialects.build import collate, quoted, text
from ehrkit.queries.dialects.mysql import COLLATION
from ehrkit.queries.dialects.nesting import at_most
from ehrkit.queries.dialects.reserved import quote_reserved
from ehrkit.queries.dialects.tsql import BINARY
from ehrkit.queries.relations import RELATIONS

Change: TypeAlias = Callable[[Node], None]


def print_in(tree: Node, dialect: str, makers: Mapping[str, Maker]) -> str:
    """Return the text of a canonical tree.

    Raises:
        UnsupportedError: sqlglot knows that the dialect lacks a construct.
        UsageError: a function has no maker.
    """
    printer = SqlglotDialect.get_or_raise(dialect)
    adapted = tree.copy()
    _leave_null_order(adapted, str(printer.NULL_ORDERING))
    for change in CHANGES.get(dialect, ()):
        change(adapted)
    lower(adapted, makers, dialect)
    quote_reserved(adapted, dialect)
    return printer.generate(
        adapted, pretty=True, copy=False, unsupported_level=ErrorLevel.RAISE, max_text_width=96
    )


def _leave_null_order(tree: Node, ordering: str) -> None:
    """Mark each ORDER BY as the dialect's own null order: canonical SQL never orders NULLs."""
    for ordered in tree.find_all(exp.Ordered):
        descending = bool(ordered.args.get("desc"))
        small = ordering == "nulls_are_small"
        last = ordering == "nulls_are_last"
        ordered.set("nulls_first", False if last else small != descending)


def _select_from_dual(tree: Node) -> None:
    for select in tree.find_all(exp.Select):
        if select.args.get("from_") is None:
            select.set("from_", exp.From(this=exp.to_table("DUAL")))


def _patterns(write: Callable[[str], Node]) -> Change:
    """Return a change of the patterns of LIKE, so that it tells 'a' from 'A' in all dialects."""

    def change(tree: Node) -> None:
        for like in _literal_likes(tree):
            like.set("expression", write(like.expression.name))

    return change


def _literal_likes(tree: Node) -> list[exp.Like]:
    return [like for like in tree.find_all(exp.Like) if isinstance(like.expression, exp.Literal)]


def _glob(tree: Node) -> None:
    """SQLite's LIKE takes 'a' for 'A'; its GLOB does not."""
    for like in _literal_likes(tree):
        escaped = re.sub(r"([*?\[])", r"[\1]", like.expression.name)
        pattern = text(escaped.replace("%", "*").replace("_", "?"))
        glob: Node = exp.Glob(this=like.this, expression=pattern)
        like.replace(exp.Not(this=glob) if like.args.get("negate") else glob)


def _bytes_of(pattern: str) -> Node:
    """A literal of a known character set, whatever that of the connection is."""
    literal = exp.Introducer(this=exp.Var(this="_utf8mb4"), expression=text(pattern))
    return collate(literal, COLLATION)


def _code_points(pattern: str) -> Node:
    """In T-SQL a bracket starts a class of characters."""
    return collate(text(pattern.replace("[", "[[]")), BINARY)


def _national(tree: Node) -> None:
    """Outside ASCII a plain literal becomes what the database's code page has for it."""
    for literal in list(tree.find_all(exp.Literal)):
        if literal.is_string and not literal.name.isascii():
            literal.replace(exp.National(this=literal.name))


def _quote_twice(tree: Node) -> None:
    """Sqlglot writes a quote as \\', which not everything that reads Redshift's SQL knows."""
    for literal in list(tree.find_all(exp.Literal)):
        if literal.is_string and "'" in literal.name:
            literal.replace(exp.Var(this=quoted(literal.name, "redshift")))


def _open_large_relations(tree: Node) -> None:
    """Let DuckDB look for codes while it reads: it would keep all rows of the CTE first."""
    large = {one.cte for one in RELATIONS.values() if one.vocabularies}
    reads = Counter(table.name for table in tree.find_all(exp.Table))
    for cte in tree.find_all(exp.CTE):
        if cte.alias in large and reads[cte.alias] == 1:
            cte.set("materialized", False)


CHANGES: dict[str, tuple[Change, ...]] = {
    "duckdb": (_open_large_relations,),
    "sqlite": (_glob,),
    # MariaDB refuses more than 64 parts of a WITH.
    "mysql": (_patterns(_bytes_of), at_most(64)),
    "tsql": (_patterns(_code_points), _national),
    "redshift": (_quote_twice,),
    "oracle": (_select_from_dual,),
}
