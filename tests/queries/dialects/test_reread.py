"""What is written for servers that tests cannot start gives DuckDB's rows, read back by sqlglot."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.dialects import render
from ehrkit.queries.dialects.features import FEATURES, Feature
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from tests.queries.dialects.edges import EDGES
from tests.queries.dialects.reread import MACROS, REPAIRS, Repair, on_duckdb
from tests.queries.dialects.statements import CHECKED, SHAPES, names, rendered

# The chart has no table of device days: the user adds it.
RAN = [
    (schema, name) for schema, name in names() if schema in SHAPES and name != "worn-before-surgery"
]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, duckdb.DuckDBPyConnection]:
    """One truth about 150 people in the shape of each schema."""
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(150, 11), tuple(SHAPES.values()))
    return {schema: _opened(folder / shape) for schema, shape in SHAPES.items()}


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(MACROS)
    for file in sorted(folder.glob("*.parquet")):
        connection.execute(f"CREATE TABLE \"{file.stem}\" AS SELECT * FROM read_parquet('{file}')")
    return connection


@pytest.mark.parametrize(("schema", "name"), RAN)
def test_every_cohort_and_query_gives_the_rows_of_duckdb(
    sites: dict[str, duckdb.DuckDBPyConnection], schema: str, name: str
) -> None:
    database = sites[schema]
    native = database.execute(rendered(schema, name, "duckdb")).fetchall()
    assert native, "a comparison of nothing shows nothing"
    for dialect in CHECKED:
        rows = database.execute(on_duckdb(rendered(schema, name, dialect), dialect)).fetchall()
        assert rows == native, f"{dialect}: {len(rows)} rows, and {len(native)} on DuckDB"


@pytest.mark.parametrize("dialect", CHECKED)
@pytest.mark.parametrize("feature", FEATURES, ids=lambda one: one.name)
def test_every_example_has_its_value(dialect: str, feature: Feature) -> None:
    database = duckdb.connect()
    database.execute(MACROS)
    text = on_duckdb(render(feature.statement(), dialect), dialect)
    found = database.execute(text).fetchall()[0][0]
    assert (found, type(found)) == (feature.value, type(feature.value))


def test_every_repair_is_still_needed() -> None:
    used: set[Repair] = set()
    for dialect in CHECKED:
        for feature in FEATURES:
            on_duckdb(render(feature.statement(), dialect), dialect, used)
        for edge in EDGES:
            on_duckdb(render(parse(f"SELECT {edge} AS x"), dialect), dialect, used)
    assert [repair.reason for repair in REPAIRS if repair not in used] == []


def test_a_wrong_translation_is_noticed() -> None:
    """T-SQL's DATEDIFF with its dates the other way round gives other rows."""
    right = "SELECT DATEDIFF(DAY, CAST('2024-01-01' AS DATE), CAST('2024-01-03' AS DATE)) AS x"
    wrong = "SELECT DATEDIFF(DAY, CAST('2024-01-03' AS DATE), CAST('2024-01-01' AS DATE)) AS x"
    values = [duckdb.sql(on_duckdb(text, "tsql")).fetchall()[0][0] for text in (right, wrong)]
    assert values == [2, -2]
