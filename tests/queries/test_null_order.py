"""Unknowns come last in a window of a site's own SQL, on every engine."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.ordering import order_nulls_last
from ehrkit.queries.kit.named import load_query
from tests.queries.databases import EXECUTED, Databases

TABLE = pa.table({"ID": [1, 2, 3, 4], "N": pa.array([7, None, 5, 7], pa.int64())})
RANKED = (
    "SELECT t.ID AS id, ROW_NUMBER() OVER (ORDER BY t.N, t.ID) AS up, "
    "ROW_NUMBER() OVER (ORDER BY t.N DESC, t.ID) AS down, "
    "LAG(t.ID) OVER (ORDER BY t.N, t.ID) AS before FROM T AS t ORDER BY t.ID"
)
ROWS = [(1, 2, 1, 3), (2, 4, 4, 4), (3, 1, 3, None), (4, 3, 2, 1)]
OWN = (
    '/*\ntitle = "Own"\n[columns]\nn = ["integer", "none"]\n*/\n'
    "SELECT ROW_NUMBER() OVER (ORDER BY e.end_date) AS n FROM encounters AS e\n"
)
KEY = "ORDER BY CASE WHEN e.end_date IS NULL THEN 1 ELSE 0 END, e.end_date"


@pytest.mark.parametrize("dialect", EXECUTED)
def test_unknowns_come_last_in_either_direction(databases: Databases, dialect: str) -> None:
    statement = read(RANKED)
    order_nulls_last(statement)
    found = databases.open(dialect, {"T": TABLE}).run(statement).read_all().to_pylist()
    assert [tuple(row.values()) for row in found] == ROWS


def test_what_is_never_null_needs_no_key() -> None:
    text = (
        "SELECT ROW_NUMBER() OVER (ORDER BY CASE WHEN t.N IS NULL THEN 1 ELSE 0 END, COUNT(*), 1) "
        "AS n FROM T AS t GROUP BY t.N"
    )
    statement = read(text)
    order_nulls_last(statement)
    assert statement == read(text)
    open_ended = read("SELECT LAG(t.N) OVER (ORDER BY CASE WHEN t.N > 1 THEN 1 END) AS n FROM T t")
    order_nulls_last(open_ended)
    assert open_ended.sql().count("IS NULL") == 1


def test_own_queries_their_parts_and_a_sites_schema_are_settled(tmp_path: Path) -> None:
    (tmp_path / "own.sql").write_text(OWN)
    assert KEY in load_query(str(tmp_path / "own.sql")).tree.sql("duckdb")
    header, select = OWN.split("*/\n")
    (tmp_path / "_part.sql").write_text(select)
    (tmp_path / "whole.sql").write_text(f"{header}*/\nSELECT p.n AS n FROM part AS p\n")
    assert KEY in load_query(str(tmp_path / "whole.sql")).tree.sql("duckdb")
    site = tmp_path / "site"
    site.mkdir()
    (site / "schema.toml").write_text('title = "Ours"\nextends = "omop-5.4"\n')
    (site / "descent.sql").write_text(
        "SELECT d.a AS ancestor, d.b AS descendant FROM ranks AS d WHERE d.n = 1"
    )
    (site / "_ranks.sql").write_text(
        "SELECT t.A AS a, t.B AS b, ROW_NUMBER() OVER (PARTITION BY t.A ORDER BY t.B) AS n "
        "FROM T AS t"
    )
    ((_, ranks),) = load_adapter(str(site)).parts["ranks"].ctes
    assert "ORDER BY CASE WHEN t.B IS NULL THEN 1 ELSE 0 END, t.B" in ranks.sql("duckdb")
