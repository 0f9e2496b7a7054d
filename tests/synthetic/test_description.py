"""The description of the tables, and whether the chart is what it says."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from ehrkit.core.columns import Phi, phi_of
from ehrkit.core.shapes import Column, Table, shape
from ehrkit.synthetic.shaping import build
from tests.synthetic.conftest import Query

# Read straight from the file: the module under test must not be its own witness.
FOLDER = files("ehrkit.core.shapes").joinpath("epic-clarity")
DESCRIBED = tomllib.loads(FOLDER.joinpath("tables.toml").read_text("utf-8"))
CATEGORIES = tomllib.loads(FOLDER.joinpath("categories.toml").read_text("utf-8"))
CLARITY = shape("epic-clarity")


def test_every_table_of_the_chart_is_described_and_the_other_way_round(query: Query) -> None:
    views = query("SELECT view_name FROM duckdb_views() WHERE NOT internal")
    found = {name for (name,) in views if not name.startswith("truth_")}
    assert found == set(DESCRIBED) | set(CATEGORIES)


@pytest.mark.parametrize("table", sorted(DESCRIBED))
def test_columns_types_and_phi_tags_match_the_description(site: Path, table: str) -> None:
    path = site / "clarity" / f"{table}.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(f"DESCRIBE FROM read_parquet('{path}')").fetchall()
    described = DESCRIBED[table]["columns"]
    assert [row[:2] for row in rows] == [(name, one["type"]) for name, one in described.items()]
    for field in pq.read_schema(path):
        assert phi_of(field) == described[field.name]["phi"]


@pytest.mark.parametrize("table", sorted({**DESCRIBED, **CATEGORIES}))
def test_keys_are_unique_and_never_null(query: Query, table: str) -> None:
    key = DESCRIBED[table]["key"] if table in DESCRIBED else [CATEGORIES[table]["key"]]
    columns = ", ".join(key)
    assert query(f"SELECT {columns} FROM {table} GROUP BY ALL HAVING count(*) > 1") == []
    assert query(f"SELECT 1 FROM {table} WHERE ({columns}) IS NULL OR {key[0]} IS NULL") == []
    assert query(f"SELECT count(*) FROM {table}")[0][0] > 0


REFERENCES = [
    (table, column, *entry["refers"].split("."))
    for table, data in DESCRIBED.items()
    for column, entry in data["columns"].items()
    if "refers" in entry
]
CODED = [
    (table, column, entry["category"], CATEGORIES[entry["category"]]["key"])
    for table, data in DESCRIBED.items()
    for column, entry in data["columns"].items()
    if "category" in entry
]


@pytest.mark.parametrize(("table", "column", "parent", "key"), REFERENCES + CODED)
def test_references_and_categories_hold(
    query: Query, table: str, column: str, parent: str, key: str
) -> None:
    orphans = query(
        f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL "
        f"AND {column} NOT IN (SELECT {key} FROM {parent})"
    )
    assert orphans == [(0,)]


def test_every_column_carries_a_phi_tag() -> None:
    for table in CLARITY.tables.values():
        assert [phi_of(field) for field in table.schema] == [c.phi for c in table.columns]
    assert CLARITY.tables["PATIENT"].schema.field("SSN").metadata == {b"ehrkit.phi": b"G"}


def test_a_table_with_a_column_too_many_is_refused() -> None:
    names = {"RECORD_ID": np.array([1]), "LNC_CODE": np.array(["718-7"], object)}
    assert build(CLARITY, "LNC_DB_MAIN", names).num_rows == 1
    with pytest.raises(ValueError, match="LNC_DB_MAIN"):
        build(CLARITY, "LNC_DB_MAIN", {**names, "EXTRA": np.array([1])})


def test_a_column_of_unknown_type_and_a_key_without_column_are_refused() -> None:
    with pytest.raises(ValueError, match="type"):
        Column("A", "TEXT", Phi.NONE, "")
    with pytest.raises(ValueError, match="key"):
        Table("T", ("B",), "", "ehi", ())


def test_empty_values_become_null() -> None:
    table = build(
        CLARITY,
        "CLARITY_COMPONENT",
        {
            "COMPONENT_ID": np.array([1, 2]),
            "NAME": np.array(["HEMOGLOBIN", ""], object),
            "BASE_NAME": np.array(["HGB", "ALB"], object),
            "DEFAULT_LNC_ID": np.array([-1, 5]),
        },
    )
    assert table["NAME"].to_pylist() == ["HEMOGLOBIN", None]
    assert table["DEFAULT_LNC_ID"].to_pylist() == [None, 5]
