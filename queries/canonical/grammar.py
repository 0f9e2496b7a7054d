"""The reader of canonical SQL: DuckDB's grammar, in which any word may name a `:parameter`."""

from __future__ import annotations

from typing import ClassVar

from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError
from sqlglot.parser import Parser
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokens import Tokenizer

from ehrkit.queries.canonical.functions import Node

_KEYWORDS = {token for word, token in Tokenizer.KEYWORDS.items() if word.isalpha()}


class CanonicalParser(DuckDBParser):
    """Takes keywords as names of parameters: `:from`, `:end`, `:window`.

    It lacks DuckDB's aliases before a colon (`x: 1`), which swallow `SELECT :x`.
    """

    COLON_PLACEHOLDER_TOKENS: ClassVar = Parser.ID_VAR_TOKENS | _KEYWORDS

    def _parse_expression(self) -> Node | None:
        return Parser._parse_expression(self)


class EhrkitCanonical(DuckDB):
    """The dialect of canonical SQL."""

    Parser = CanonicalParser


def read(text: str) -> Node:
    """Parse one canonical statement or expression.

    Raises:
        SqlglotError: it cannot be parsed, or is more than one statement.
    """
    trees = [tree for tree in EhrkitCanonical().parse(text) if tree is not None]
    if len(trees) != 1:
        raise ParseError("not one statement")
    for node in trees[0].walk():
        # Where each word stood in the text: half the cost of every copy, and read by nothing.
        node._meta = None
    return trees[0]
