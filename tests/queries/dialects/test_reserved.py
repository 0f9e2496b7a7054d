"""Names that a dialect reserves are quoted, by lists that are not ours, and by the engines."""

from __future__ import annotations

import pytest
from sqlglot import exp

from ehrkit.queries.canonical.build import assemble, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.dialects import DIALECTS, render
from ehrkit.queries.dialects.reserved import RESERVED
from tests.queries.databases import EXECUTED, Databases

WORDS = sorted(set().union(*RESERVED.values()))


def named(words: list[str]) -> Node:
    """Return a query whose columns have these names, in a CTE and outside of it."""
    inner, outer = exp.Select(), exp.Select()
    for word in words:
        name = exp.to_identifier(word, quoted=False)
        inner = inner.select(exp.Alias(this=exp.Literal.number(1), alias=name))
        column = exp.Column(this=name.copy(), table=exp.to_identifier("c"))
        outer = outer.select(exp.Alias(this=column, alias=name.copy()))
    return assemble(
        [("made", "", inner)], outer.from_(parse("SELECT 1 FROM made AS c").args["from_"].this)
    )


@pytest.mark.parametrize("engine", EXECUTED)
def test_engines_take_every_reserved_word_as_a_name(databases: Databases, engine: str) -> None:
    # SQLite finds no column that is called true or false, quoted or not.
    words = [word for word in WORDS if engine != "sqlite" or word not in ("true", "false")]
    found = databases.open(engine, {}).run(named(words)).read_all()
    assert found.to_pylist() == [dict.fromkeys(words, 1)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_words_that_sqlfluff_calls_reserved_are_quoted(dialect: str) -> None:
    dialects = pytest.importorskip("sqlfluff.core.dialects")
    known = dialects.dialect_selector({"spark": "sparksql"}.get(dialect, dialect))
    words = sorted(word.lower() for word in known.sets("reserved_keywords") if word.isidentifier())
    text = render(named(words), dialect)
    assert [word for word in words if f" c.{word} " in text] == []
