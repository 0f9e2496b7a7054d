"""The description of the tables, and whether the chart is what it says."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import numpy as np
import pytest

from ehrkit.core.columns import Phi, phi_of
from ehrkit.synthetic import clarity_spec
from tests.synthetic.conftest import Query

# Read straight from the file: the module under test must not be its own witness.
DESCRIBED = tomllib.loads(files("ehrkit.synthetic").joinpath("clarity.toml").read_text("utf-8"))
CATEGORIES = tomllib.loads(files("ehrkit.synthetic").joinpath("categories.toml").read_text("utf-8"))


def test_every_table_of_the_chart_is_described_and_the_other_way_round(query: Query) -> None:
    found = {row[0] for row in query("SELECT table_name FROM duckdb_tables()")}
    assert found == set(DESCRIBED) | set(CATEGORIES)


@pytest.mark.parametrize("table", sorted(DESCRIBED))
def test_columns_types_and_comments_match_the_description(query: Query, table: str) -> None:
    rows = query(
        "SELECT column_name, data_type, comment FROM duckdb_columns() "
        "WHERE table_name = ? ORDER BY column_index",
        table,
    )
    described = DESCRIBED[table]["columns"]
    assert [(name, kind) for name, kind, _ in rows] == [
        (name, column["type"]) for name, column in described.items()
    ]
    for name, _, comment in rows:
        assert comment == f"{described[name]['about']} [phi: {described[name]['phi']}]"


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
    for table in clarity_spec.tables().values():
        assert [phi_of(field) for field in table.schema] == [c.phi for c in table.columns]
    assert clarity_spec.tables()["PATIENT"].schema.field("SSN").metadata == {b"ehrkit.phi": b"G"}


def test_a_table_with_a_column_too_many_is_refused() -> None:
    names = {"RECORD_ID": np.array([1]), "LNC_CODE": np.array(["718-7"], object)}
    assert clarity_spec.build("LNC_DB_MAIN", names).num_rows == 1
    with pytest.raises(ValueError, match="LNC_DB_MAIN"):
        clarity_spec.build("LNC_DB_MAIN", {**names, "EXTRA": np.array([1])})


def test_a_column_of_unknown_type_and_a_key_without_column_are_refused() -> None:
    with pytest.raises(ValueError, match="type"):
        clarity_spec.Column("A", "TEXT", Phi.NONE, "")
    with pytest.raises(ValueError, match="key"):
        clarity_spec.Table("T", ("B",), "", "ehi", ())


def test_empty_values_become_null() -> None:
    table = clarity_spec.build(
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
