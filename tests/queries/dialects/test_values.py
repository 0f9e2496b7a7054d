"""Every example of a feature has its value on every engine that is executed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from ehrkit.queries.build import parse
from ehrkit.queries.dialects import DIALECTS
from ehrkit.queries.dialects.features import FEATURES, FUNCTIONS
from ehrkit.queries.engines import Engine
from ehrkit.queries.functions import ARITY, Node
from ehrkit.queries.running import typed
from tests.queries.databases import EXECUTED, Databases

# Engines by the dialect that they read; SQLite has neither dates nor instants, but their text.
READS = {"mariadb": "mysql"}


def evaluate(opened: Engine, expressions: dict[str, tuple[str, object]]) -> dict[str, Any]:
    """Return the value of each canonical expression, by name, from one statement.

    Args:
        opened: an engine.
        expressions: name to expression and a value of the type that it has.
    """
    columns = [f"{text} AS x{place}" for place, (text, _) in enumerate(expressions.values())]
    kinds = [(f"x{place}", _type(like)) for place, (_, like) in enumerate(expressions.values())]
    row = _rows(opened, parse(f"SELECT {', '.join(columns)}"), pa.schema(kinds))[0]
    return dict(zip(expressions, row.values(), strict=True))


def _rows(opened: Engine, tree: Node, schema: pa.Schema) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = typed(opened.run(tree, schema), schema).read_all().to_pylist()
    return found


def _type(value: object) -> pa.DataType:
    kinds = {int: pa.int64(), float: pa.float64(), date: pa.date32(), datetime: pa.timestamp("us")}
    return kinds.get(type(value), pa.string())


@pytest.mark.parametrize("engine", EXECUTED)
def test_every_example_has_its_value(databases: Databases, engine: str) -> None:
    opened = databases.open(engine, {})
    simple = {f.name: (f.example, f.value) for f in FEATURES if " AS x" not in f.example}
    found = evaluate(opened, simple)
    for feature in FEATURES:
        if feature.name not in simple:
            schema = pa.schema([("x", _type(feature.value))])
            found[feature.name] = _rows(opened, feature.statement(), schema)[0]["x"]
    assert found == {feature.name: feature.value for feature in FEATURES}


def test_every_function_has_an_example_and_a_maker_in_every_dialect() -> None:
    assert [feature.name for feature in FUNCTIONS] == list(dict.fromkeys(f.name for f in FUNCTIONS))
    assert {feature.name for feature in FUNCTIONS} == set(ARITY)
    assert {name for one in DIALECTS.values() for name in ARITY if name not in one.makers} == set()


def test_a_dialect_is_called_executed_where_these_tests_run_it() -> None:
    engines = [getattr(one, "values", (one,))[0] for one in EXECUTED]
    ran = {READS.get(engine, engine) for engine in engines}
    assert ran == {name for name, one in DIALECTS.items() if one.level == "executed"}
