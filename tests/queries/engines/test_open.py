"""What `--db` names is recognised by what it is, and a file can be added as a table."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.engines import open_engine
from tests.queries.databases import Databases

WORN = "SELECT d.PERSON_ID AS id, d.STEPS AS steps FROM DEVICE_DAY AS d JOIN T AS t ON t.A = 1"


def sqlite_file(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE T AS SELECT 1 AS A")
    connection.commit()
    connection.close()
    return path


def duckdb_file(path: Path) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE T AS SELECT 1 AS A")
        connection.execute("CREATE SCHEMA site")
        connection.execute("CREATE TABLE site.T AS SELECT 2 AS A")
    return path


@pytest.mark.parametrize("suffix", [".db", ".sqlite", ".duckdb", ""])
def test_a_file_is_known_by_its_content(tmp_path: Path, suffix: str) -> None:
    for make, dialect in ((sqlite_file, "sqlite"), (duckdb_file, "duckdb")):
        folder = tmp_path / dialect
        folder.mkdir()
        with open_engine(str(make(folder / f"chart{suffix}"))) as engine:
            assert engine.dialect == dialect
            assert engine.columns(["T"]) == {"T": {"A"}}
            rows = engine.run(parse("SELECT t.A AS a FROM T AS t")).read_all().to_pylist()
            assert rows == [{"a": 1}]


def test_a_new_sqlite_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    with open_engine(str(tmp_path / "new.sqlite")) as engine:
        assert engine.columns(["T"]) == {}


def test_a_damaged_sqlite_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "chart.db"
    path.write_bytes(b"SQLite format 3\x00" + b"s3cret" * 100)
    with pytest.raises(EngineError) as caught:
        open_engine(str(path))
    assert caught.value.where == str(path)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_file_is_one_more_table(tmp_path: Path, kind: str) -> None:
    days = pa.table({"PERSON_ID": ["0450"], "STEPS": ["100"]})
    extra = tmp_path / f"it's [daily].{kind}"
    if kind == "parquet":
        pq.write_table(days, extra)
    else:
        extra.write_text("PERSON_ID,STEPS\n0450,100\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    pq.write_table(pa.table({"A": [1]}), folder / "T.parquet")
    for database in (folder, duckdb_file(tmp_path / "chart.duckdb")):
        with open_engine(str(database), extra={"DEVICE_DAY": extra}) as engine:
            assert set(engine.columns(["T", "DEVICE_DAY"])) == {"T", "DEVICE_DAY"}
            found = engine.run(parse(WORN)).read_all().to_pylist()
            assert found == [{"id": "0450", "steps": "100"}]
            with pytest.raises(duckdb.Error):
                engine._connection.execute(f"SELECT * FROM read_text('{__file__}')")


def test_an_added_table_stands_outside_of_the_schema(tmp_path: Path) -> None:
    extra = tmp_path / "daily.csv"
    extra.write_text("PERSON_ID,STEPS\n1,2\n")
    database = str(duckdb_file(tmp_path / "chart.duckdb"))
    query = parse(WORN.replace("t.A = 1", "t.A = 2"))
    with open_engine(database, db_schema="site", extra={"DEVICE_DAY": extra}) as engine:
        assert engine.run(query).read_all().num_rows == 1


def test_a_file_that_is_no_table_is_named(tmp_path: Path, databases: Databases) -> None:
    database = str(duckdb_file(tmp_path / "chart.duckdb"))
    (tmp_path / "days.xlsx").touch()
    for name, what in (("days.xlsx", "no Parquet or CSV file"), ("none.csv", "no such file")):
        with pytest.raises(UsageError, match=what) as caught:
            open_engine(database, extra={"DEVICE_DAY": tmp_path / name})
        assert caught.value.where == str(tmp_path / name)
    elsewhere = [databases.server("postgres").url(), str(sqlite_file(tmp_path / "chart.db"))]
    for address in elsewhere:
        with pytest.raises(UsageError, match="on DuckDB alone"):
            open_engine(address, extra={"DEVICE_DAY": tmp_path / "days.csv"})


def test_python_variables_are_no_tables(tmp_path: Path) -> None:
    database = str(duckdb_file(tmp_path / "chart.duckdb"))
    with open_engine(database) as engine, pytest.raises(EngineError):
        engine.run(parse("SELECT x.A AS a FROM numbers AS x")).read_all()


numbers = pa.table({"A": [1]})
