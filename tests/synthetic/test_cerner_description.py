"""The Millennium tables are what their description says, and every code resolves in its set."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ehrkit.core.columns import phi_of
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from tests.synthetic.conftest import Query

# Read straight from the file: the module under test must not be its own witness.
FOLDER = files("ehrkit.core.shapes").joinpath("cerner-millennium")
DESCRIBED = tomllib.loads(FOLDER.joinpath("tables.toml").read_text("utf-8"))
CODE_SETS = tomllib.loads(FOLDER.joinpath("categories.toml").read_text("utf-8"))
REFERENCES = [
    (table, column, *entry["refers"].split("."))
    for table, data in DESCRIBED.items()
    for column, entry in data["columns"].items()
    if "refers" in entry
]
CODED = [
    (table, column, CODE_SETS[entry["category"]]["code_set"])
    for table, data in DESCRIBED.items()
    for column, entry in data["columns"].items()
    if "category" in entry
]


@pytest.fixture(scope="module")
def millennium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cerner") / "site"
    generate(folder, Spec(500, 7, notes=False), ("cerner",))
    return folder / "cerner"


@pytest.fixture(scope="module")
def rows(millennium: Path) -> Iterator[Query]:
    with duckdb.connect() as connection:
        for path in millennium.glob("*.parquet"):
            connection.execute(f"CREATE VIEW {path.stem} AS FROM read_parquet('{path}')")
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


def test_every_table_is_described_and_the_other_way_round(millennium: Path) -> None:
    assert {path.stem for path in millennium.iterdir()} == set(DESCRIBED)


@pytest.mark.parametrize("table", sorted(DESCRIBED))
def test_columns_types_and_phi_tags_match(millennium: Path, table: str) -> None:
    path = millennium / f"{table}.parquet"
    described = DESCRIBED[table]["columns"]
    with duckdb.connect() as connection:
        found = connection.execute(f"DESCRIBE FROM read_parquet('{path}')").fetchall()
    assert [row[:2] for row in found] == [(name, one["type"]) for name, one in described.items()]
    for field in pq.read_schema(path):
        assert phi_of(field) == described[field.name]["phi"]


@pytest.mark.parametrize("table", sorted(DESCRIBED))
def test_keys_are_unique_whole_and_never_null(rows: Query, table: str) -> None:
    key = DESCRIBED[table]["key"]
    columns = ", ".join(key)
    assert rows(f"SELECT {columns} FROM {table} GROUP BY ALL HAVING count(*) > 1") == []
    assert rows(f"SELECT 1 FROM {table} WHERE {key[0]} IS NULL OR {key[0]} % 1 <> 0") == []
    assert rows(f"SELECT count(*) FROM {table}")[0][0] > 0


@pytest.mark.parametrize(("table", "column", "parent", "key"), REFERENCES)
def test_references_hold(rows: Query, table: str, column: str, parent: str, key: str) -> None:
    orphans = (
        f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL "
        f"AND {column} NOT IN (SELECT {key} FROM {parent})"
    )
    assert rows(orphans) == [(0,)]


@pytest.mark.parametrize(("table", "column", "code_set"), CODED)
def test_every_code_is_one_of_its_set(rows: Query, table: str, column: str, code_set: int) -> None:
    sets = rows(
        f"SELECT DISTINCT c.CODE_SET FROM {table} AS t "
        f"LEFT JOIN CODE_VALUE AS c ON c.CODE_VALUE = t.{column} WHERE t.{column} IS NOT NULL"
    )
    assert sets == [(code_set,)]


def test_meanings_are_those_of_the_description(rows: Query) -> None:
    for one in CODE_SETS.values():
        found = rows(
            "SELECT DISPLAY, coalesce(CDF_MEANING, '') FROM CODE_VALUE WHERE CODE_SET = ?",
            one["code_set"],
        )
        assert one["meanings"].items() <= dict(found).items()
        assert found


def test_columns_that_should_hold_something_do(rows: Query) -> None:
    """Only the bill code that this site keeps elsewhere is empty throughout."""
    empty = {
        (table, column)
        for table, data in DESCRIBED.items()
        for column in data["columns"]
        if rows(f"SELECT count({column}) FROM {table}") == [(0,)]
    }
    assert empty == {("CHARGE_MOD", "FIELD2")}
