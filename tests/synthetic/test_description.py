"""The description of the tables, and whether the chart is what it says."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from ehrkit.core.columns import Phi, phi_of
from ehrkit.core.shapes import Column, Table, shape
from ehrkit.synthetic.projectors import PROJECTORS
from ehrkit.synthetic.shaping import build
from tests.synthetic.conftest import Query

# Read straight from the files: the module under test must not be its own witness.
FOLDERS = {
    name: files("ehrkit.core.shapes").joinpath(projector.shape)
    for name, projector in PROJECTORS.items()
}


def read(folder: Traversable, name: str) -> dict[str, Any]:
    path = folder.joinpath(name)
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


DESCRIBED = {name: read(folder, "tables.toml") for name, folder in FOLDERS.items()}
CATEGORIES = {name: read(folder, "categories.toml") for name, folder in FOLDERS.items()}
CLARITY = shape("epic-clarity")
TABLES = [(name, table) for name, tables in DESCRIBED.items() for table in sorted(tables)]
# Clarity has a table per list; Millennium has all its lists in CODE_VALUE.
LISTS = [
    (name, table)
    for name, lists in CATEGORIES.items()
    for table, entry in sorted(lists.items())
    if "key" in entry
]


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_table_of_a_chart_is_described_and_the_other_way_round(
    query: Query, name: str
) -> None:
    views = query("SELECT view_name FROM duckdb_views() WHERE schema_name = ?", name)
    assert {view for (view,) in views} == {
        *DESCRIBED[name], *(table for own, table in LISTS if own == name),
    }  # fmt: skip


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_columns_types_and_phi_tags_match_the_description(
    site: Path, name: str, table: str
) -> None:
    path = site / name / f"{table}.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(f"DESCRIBE FROM read_parquet('{path}')").fetchall()
    described = DESCRIBED[name][table]["columns"]
    assert [row[:2] for row in rows] == [(column, one["type"]) for column, one in described.items()]
    for field in pq.read_schema(path):
        assert phi_of(field) == described[field.name]["phi"]


@pytest.mark.parametrize(("name", "table"), TABLES + LISTS)
def test_keys_are_unique_and_never_null(query: Query, name: str, table: str) -> None:
    described = DESCRIBED[name]
    key = described[table]["key"] if table in described else [CATEGORIES[name][table]["key"]]
    columns, chart = ", ".join(key), f"{name}.{table}"
    assert query(f"SELECT {columns} FROM {chart} GROUP BY ALL HAVING count(*) > 1") == []
    assert query(f"SELECT 1 FROM {chart} WHERE ({columns}) IS NULL OR {key[0]} IS NULL") == []
    assert query(f"SELECT count(*) FROM {chart}")[0][0] > 0


REFERENCES = [
    (name, table, column, *entry["refers"].split("."))
    for name, table in TABLES
    for column, entry in DESCRIBED[name][table]["columns"].items()
    if "refers" in entry
]
CODED = [
    (name, table, column, entry["category"])
    for name, table in TABLES
    for column, entry in DESCRIBED[name][table]["columns"].items()
    if "category" in entry
]


@pytest.mark.parametrize(("name", "table", "column", "parent", "key"), REFERENCES)
def test_references_hold(
    query: Query, name: str, table: str, column: str, parent: str, key: str
) -> None:
    assert orphans(query, f"{name}.{table}", column, f"SELECT {key} FROM {name}.{parent}") == 0


@pytest.mark.parametrize(("name", "table", "column", "category"), CODED)
def test_categories_hold(query: Query, name: str, table: str, column: str, category: str) -> None:
    entry = CATEGORIES[name][category]
    codes = (
        f"SELECT {entry['key']} FROM {name}.{category}"
        if "key" in entry
        else f"SELECT CODE_VALUE FROM {name}.CODE_VALUE WHERE CODE_SET = {entry['code_set']}"
    )
    assert orphans(query, f"{name}.{table}", column, codes) == 0


def orphans(query: Query, table: str, column: str, known: str) -> int:
    """Rows whose value is not among the known ones."""
    missing = f"{column} IS NOT NULL AND {column} NOT IN ({known})"
    found = query(f"SELECT count(*) FROM {table} WHERE {missing}")
    return int(found[0][0])


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


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_a_column_without_values_says_so(query: Query, name: str, table: str) -> None:
    """A column that holds nothing says `not filled`; one that holds 0 alone, `always 0`."""
    columns = DESCRIBED[name][table]["columns"]
    counts = ", ".join(f"count({column})" for column in columns)
    (filled,) = query(f"SELECT {counts} FROM {name}.{table}")
    empty = {column for column, count in zip(columns, filled, strict=True) if not count}
    said = {column for column, one in columns.items() if "not filled" in one["about"]}
    assert empty == said
    whole = [column for column in columns if column.endswith("_concept_id")]
    for column in whole:
        found = query(f"SELECT min({column}), max({column}) FROM {name}.{table}")
        assert (found == [(0, 0)]) == ("always 0" in columns[column]["about"]), column
