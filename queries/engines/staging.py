"""A statement in pieces: parts that are read more than once become tables, filled one by one.

MariaDB and Spark work a CTE out again for every mention of it. The parts of a cohort build on
each other, so that the mentions multiply: 56 parts of a cohort on Clarity become 4,947.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from ehrkit.queries.canonical.functions import Node

PREFIX = "ehrkit_"


@dataclass(frozen=True)
class Stage:
    """A table to fill.

    Attributes:
        table: its name.
        part: the name of the part that it holds.
        query: what fills it.
    """

    table: str
    part: str
    query: Node

    @property
    def step(self) -> Node:
        """The same as a statement whose last part has the part's name, as an error gives it."""
        body = self.query.copy()
        before = body.args.get("with_")
        body.set("with_", None)
        parts = [*(before.expressions if before else []), _named(self.part, body)]
        step = exp.select("*").from_(self.part)
        step.set("with_", exp.With(expressions=parts))
        return step


@dataclass(frozen=True)
class Pieces:
    """A statement in pieces.

    Attributes:
        stages: tables to fill, each after those that it reads.
        final: what is left, which reads them.
    """

    stages: tuple[Stage, ...]
    final: Node


def staged(statement: Node, prefix: str = PREFIX) -> Pieces:
    """Take out the parts that are read more than once and that read the database.

    Args:
        statement: a tree whose parts stand in one WITH, each after those that it reads.
        prefix: what the tables' names start with, so that they hide no table of the database.
    """
    final = statement.copy()
    with_ = final.args.get("with_")
    parts = {cte.alias: cte.this for cte in with_.expressions} if with_ else {}
    final.set("with_", None)
    read = _within(parts, final)
    times = Counter(table.name for part in (*read.values(), final) for table in _reads(parts, part))
    tables = {name: prefix + name for name in _of_database(read) if times[name] > 1}
    for part in (*read.values(), final):
        for table in _reads(tables, part):
            _read_instead(table, tables[table.name])
    kept = {name: part for name, part in read.items() if name not in tables}
    stages = tuple(Stage(table, name, _with(kept, parts[name])) for name, table in tables.items())
    return Pieces(stages, _with(kept, final))


def _reads(parts: Mapping[str, object], query: Node) -> list[exp.Table]:
    """Return where a query reads one of the parts; a table that is quoted is the database's."""
    return [
        table
        for table in query.find_all(exp.Table)
        if table.name in parts and not table.db and not table.this.args.get("quoted")
    ]


def _within(parts: Mapping[str, Node], query: Node) -> dict[str, Node]:
    """Return the parts that a query reads, by way of others or itself, in their order."""
    found: set[str] = set()
    waiting = [query]
    while waiting:
        new = {table.name for table in _reads(parts, waiting.pop())} - found
        found |= new
        waiting += [parts[name] for name in new]
    return {name: part for name, part in parts.items() if name in found}


def _of_database(parts: Mapping[str, Node]) -> list[str]:
    """Return the parts with rows of the database; the others are lists of words and codes."""
    found: list[str] = []
    for name, part in parts.items():
        own = {id(table) for table in _reads(parts, part)}
        tables = part.find_all(exp.Table)
        if any(id(table) not in own or table.name in found for table in tables):
            found.append(name)
    return found


def _read_instead(table: exp.Table, name: str) -> None:
    """Let the table be read by the name that the columns beside it say."""
    table.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias or table.name)))
    table.set("this", exp.to_identifier(name))


def _with(parts: Mapping[str, Node], query: Node) -> Node:
    """Return the query after a WITH of those parts that it reads."""
    body = query.copy()
    needed = [_named(name, part.copy()) for name, part in _within(parts, query).items()]
    if needed:
        body.set("with_", exp.With(expressions=needed))
    return body


def _named(name: str, query: Node) -> exp.CTE:
    return exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))
