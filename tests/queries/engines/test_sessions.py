"""Sessions read and never write, and results stream in bounded batches."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from sqlalchemy.exc import DBAPIError

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.engines import open_engine
from ehrkit.queries.engines.arrow import BATCH_ROWS
from tests.queries.databases import EXECUTED, ON_SPARK, Databases

WRITES = ("CREATE TABLE x.made (a INT)", "DELETE FROM x.t", "INSERT INTO x.t VALUES (2)")
# 250,000 rows of 450 characters: 112 MB in Arrow and more in Python, were it held at once.
SIDE = 500
CROSS = f"""
    SELECT a.N * {SIDE} + b.N AS n, a.WORDS AS words FROM NUMBERS AS a JOIN NUMBERS AS b ON 1 = 1
"""
# 75,000 rows, 34 MB: more than a batch, and not too much for Spark, which passes a partition
# through its driver whole and has here but one.
PARTLY = f"{CROSS} WHERE a.N < 150"
PEAK = """
import resource, sys
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.engines import open_engine
with open_engine(sys.argv[1]) as engine:
    engine.run(parse("SELECT 1 AS one")).read_all()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = sum(batch.num_rows for batch in engine.run(parse(sys.argv[2])))
    print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def numbers() -> pa.Table:
    return pa.table({"N": pa.array(range(SIDE), pa.int64()), "WORDS": ["x" * 450] * SIDE})


@pytest.mark.parametrize("dialect", ["postgres", "mariadb"])
def test_a_server_session_cannot_write(databases: Databases, dialect: str) -> None:
    server = databases.server(dialect)
    server.execute("CREATE SCHEMA x")
    server.execute("CREATE TABLE x.t AS SELECT 1 AS a")
    with open_engine(server.url()) as engine:
        for write in WRITES:
            with pytest.raises(DBAPIError) as caught, engine._pool.begin() as connection:
                connection.exec_driver_sql(write)
            assert engine._failure(caught.value).what == "the session may not write"
    assert server.execute("SELECT a FROM x.t") in ([(1,)], ((1,),))


def test_a_sqlite_session_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "it's #1.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE t (a)")
    made.close()
    with open_engine(str(path)) as engine:
        for write in ("CREATE TABLE made (a)", "INSERT INTO t VALUES (1)"):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                engine._connection.execute(write)


@pytest.mark.parametrize("dialect", EXECUTED)
def test_rows_arrive_in_batches(databases: Databases, dialect: str) -> None:
    engine = databases.open(dialect, {"NUMBERS": numbers()})
    sizes, total = [], 0
    for batch in engine.run(parse(PARTLY)):
        sizes.append(batch.num_rows)
        total += sum(batch["n"].to_pylist())
    assert max(sizes) <= BATCH_ROWS and len(sizes) > 1
    assert sum(sizes) == 150 * SIDE
    assert total == sum(range(150 * SIDE)), "each row once"


@pytest.mark.parametrize("dialect", ["postgres", "mariadb"])
def test_memory_does_not_grow_with_the_result(databases: Databases, dialect: str) -> None:
    """What is held is one batch of 65,536 rows, in Python and in Arrow: twice 30 MB."""
    engine = databases.open(dialect, {"NUMBERS": numbers()})
    server = databases.server(dialect)
    address = server.url(server.schemas[engine])
    done = subprocess.run(
        [sys.executable, "-c", PEAK, address, CROSS], capture_output=True, text=True, check=True
    )
    rows, grown = map(int, done.stdout.split())
    assert rows == SIDE**2
    assert grown < 100


@pytest.mark.parametrize("dialect", EXECUTED)
def test_a_result_that_is_left_half_read_does_no_harm(databases: Databases, dialect: str) -> None:
    engine = databases.open(dialect, {"NUMBERS": numbers()})
    reader = engine.run(parse(PARTLY))
    assert reader.read_next_batch().num_rows > 0
    reader.close()
    del reader
    engine = databases.open(dialect, {"NUMBERS": numbers().slice(0, 3)})
    left = engine.run(parse("SELECT COUNT(*) AS n FROM NUMBERS AS x")).read_all()
    assert left.to_pylist() == [{"n": 3}]


@pytest.mark.parametrize("dialect", [ON_SPARK])
def test_spark_forgets_the_results_that_were_read(databases: Databases, dialect: str) -> None:
    """Each result weighs 34 MB in the driver; Spark 4 let go of none of them by itself."""
    engine = databases.open(dialect, {"NUMBERS": numbers()})

    def used_after_reading() -> int:
        assert sum(batch.num_rows for batch in engine.run(parse(PARTLY))) == 150 * SIDE
        java = engine._session._jvm.java.lang
        java.System.gc()
        return (
            java.Runtime.getRuntime().totalMemory() - java.Runtime.getRuntime().freeMemory()
        ) >> 20

    before = used_after_reading()
    assert max(used_after_reading() for _ in range(4)) < before + 4 * 34 / 2


def test_an_untyped_database_takes_the_declared_types(databases: Databases) -> None:
    """A column whose first 65,536 values are NULL, or whole, is still of its own type."""
    rows = BATCH_ROWS + 1
    table = pa.table(
        {
            "DAY": pa.array([None] * (rows - 1) + ["2024-02-29"]),
            "X": pa.array([1.0] * (rows - 1) + [0.5]),
        }
    )
    engine = databases.open("sqlite", {"T": table})
    declared = pa.schema([("day", pa.date32()), ("x", pa.float64())])
    query = parse("SELECT EHR_TO_DATE(t.DAY) AS day, t.X AS x FROM T AS t ORDER BY t.X DESC")
    found = engine.run(query, declared).read_all()
    assert found.schema == declared
    assert str(found["day"][-1].as_py()) == "2024-02-29"
    assert found["x"][-1].as_py() == 0.5


def test_duckdb_file_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "chart.duckdb"
    duckdb.connect(str(path)).execute("CREATE TABLE t AS SELECT 1 AS a").close()
    with open_engine(str(path)) as engine, pytest.raises(duckdb.Error):
        engine._connection.execute("INSERT INTO t VALUES (2)")
