"""Statements with more named parts than a server allows."""

from __future__ import annotations

import duckdb
import pytest

from ehrkit.core.errors import UsageError
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.dialects.nesting import at_most

CHAIN = (
    "WITH a AS (SELECT 1 AS x), b AS (SELECT s.x + 1 AS x FROM a AS s), "
    "c AS (SELECT b.x + 1 AS x FROM b), "
    "d AS (SELECT p.x + q.x AS x FROM c AS p JOIN c AS q ON 1 = 1) "
    "SELECT d.x AS x FROM d"
)


@pytest.mark.parametrize(("limit", "left"), [(4, 4), (3, 3), (2, 2), (1, 1)])
def test_parts_that_are_read_once_move_to_their_reader(limit: int, left: int) -> None:
    tree = parse(CHAIN)
    at_most(limit)(tree)
    assert len(tree.ctes) == left
    assert duckdb.sql(tree.sql("duckdb")).fetchall() == [(6,)]


def test_parts_that_are_read_twice_stay_and_are_too_many() -> None:
    twice = "WITH a AS (SELECT 1 AS x) SELECT p.x AS x FROM a AS p JOIN a AS q ON p.x = q.x"
    with pytest.raises(UsageError, match="1 named parts that are read more than once"):
        at_most(0)(parse(twice))
