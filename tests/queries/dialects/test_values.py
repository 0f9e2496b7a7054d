"""Every example of a feature has its value on every engine that is executed."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ehrkit.queries.canonical.functions import ARITY
from ehrkit.queries.dialects import DIALECTS
from ehrkit.queries.dialects.features import FEATURES, FUNCTIONS
from tests.queries.databases import EXECUTED, Databases
from tests.queries.dialects.evaluating import arrow_type, evaluate, rows

# The dialect that an engine reads, where it has another name.
READS = {"mariadb": "mysql"}


@pytest.mark.parametrize("engine", EXECUTED)
def test_every_example_has_its_value(databases: Databases, engine: str) -> None:
    opened = databases.open(engine, {})
    simple = {f.name: (f.example, f.value) for f in FEATURES if " AS x" not in f.example}
    found = evaluate(opened, simple)
    for feature in FEATURES:
        if feature.name not in simple:
            schema = pa.schema([("x", arrow_type(feature.value))])
            found[feature.name] = rows(opened, feature.statement(), schema)[0]["x"]
    assert found == {feature.name: feature.value for feature in FEATURES}


def test_every_function_has_an_example_and_a_maker_in_every_dialect() -> None:
    names = [feature.name for feature in FUNCTIONS]
    assert sorted(names) == sorted(ARITY)
    assert {name for one in DIALECTS.values() for name in ARITY if name not in one.makers} == set()


def test_a_dialect_is_called_executed_where_these_tests_run_it() -> None:
    engines = [getattr(one, "values", (one,))[0] for one in EXECUTED]
    ran = {READS.get(engine, engine) for engine in engines}
    assert ran == {name for name, one in DIALECTS.items() if one.level == "executed"}
