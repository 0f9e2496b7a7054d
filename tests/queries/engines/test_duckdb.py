"""The DuckDB engine: what it opens, what it refuses, and that no driver text leaks."""

from __future__ import annotations

import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.engines import open_engine

ATTACKS = (
    "CREATE TABLE X (a INT)",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SET enable_external_access = true",
    "COPY T TO 'x.csv'",
)
HOLD = (
    "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True);"
    " sys.stdin.read()"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "chart.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE T AS SELECT 'secret-value' AS A, 1 AS B")
    return path


def test_a_file_is_read_only_and_shut_off(database: Path) -> None:
    with open_engine(str(database)) as engine:
        assert engine.columns(["T", "NONE"]) == {"T": {"A", "B"}}
        assert engine.run(parse("SELECT t.B AS b FROM T AS t")).read_all().to_pylist() == [{"b": 1}]
        raw = engine._connection
        for attack in ATTACKS:
            with pytest.raises(duckdb.Error):
                raw.execute(attack)


def test_a_folder_has_one_table_per_file_and_text_stays_text(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a] folder"
    folder.mkdir()
    (folder / "codes.csv").write_text("code,when\n0450,2020-01-01\n,\n")
    pq.write_table(pa.table({"n": [1, 2]}), folder / "NUMBERS.parquet")
    (folder / "PARTS.parquet").mkdir()
    for part in (0, 1):
        rows = pa.table({"n": [part, 5]})
        pq.write_table(rows, folder / "PARTS.parquet" / f"part-{part}.parquet")
    (folder / "notes.txt").write_text("no table")
    with open_engine(str(folder)) as engine:
        assert engine.columns(["CODES", "NUMBERS", "PARTS", "NOTES"]) == {
            "CODES": {"CODE", "WHEN"}, "NUMBERS": {"N"}, "PARTS": {"N"},
        }  # fmt: skip
        parts = engine.run(parse("SELECT p.n AS n FROM PARTS AS p")).read_all()
        assert sorted(parts["n"].to_pylist()) == [0, 1, 5, 5]
        rows = engine.run(parse("SELECT c.code AS code FROM CODES AS c")).read_all().to_pylist()
        assert rows == [{"code": "0450"}, {"code": None}]
        with pytest.raises(duckdb.Error):
            engine._connection.execute("SELECT * FROM read_csv('/etc/passwd')")


def test_rows_stream_in_batches(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": range(200_000)}), tmp_path / "N.parquet")
    with open_engine(str(tmp_path)) as engine:
        reader = engine.run(parse("SELECT x.n AS n FROM N AS x"))
        sizes = [batch.num_rows for batch in reader]
    assert sum(sizes) == 200_000
    assert max(sizes) <= 131_072


def test_a_value_that_does_not_fit_is_not_quoted(database: Path) -> None:
    with open_engine(str(database)) as engine, pytest.raises(EngineError) as caught:
        engine.run(parse("SELECT EHR_TO_DATE(t.A) AS d FROM T AS t")).read_all()
    assert "secret-value" not in str(caught.value)
    assert "Conversion" in caught.value.what


def test_what_cannot_be_opened_says_why(tmp_path: Path, database: Path) -> None:
    with pytest.raises(UsageError, match="no such database"):
        open_engine(str(tmp_path / "none.duckdb"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UsageError, match=r"no \.parquet or \.csv"):
        open_engine(str(empty))
    junk = tmp_path / "junk.duckdb"
    junk.write_text("secret-value " * 1000)
    with pytest.raises(EngineError, match="not a DuckDB database") as caught:
        open_engine(str(junk))
    assert "secret" not in str(caught.value)
    (empty / "x.parquet").write_text("secret-value")
    with pytest.raises(EngineError, match="cannot be read as a table") as caught:
        open_engine(str(empty))
    assert "secret" not in str(caught.value)


def test_a_database_that_another_program_writes_is_named(database: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(EngineError, match="another program holds the database"):
            open_engine(str(database))
    finally:
        holder.communicate("")


WIDE = "SELECT repeat(md5(i::VARCHAR), 4) AS A, i AS B FROM range(500000) t(i)"
MANY = "SELECT t.A AS a, t.B AS b FROM T AS t ORDER BY EHR_ORDER(t.A), t.B"


def test_what_does_not_fit_is_spilled_where_nobody_else_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, temporary, work = tmp_path / "chart.duckdb", tmp_path / "temporary", tmp_path / "work"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE T AS {WIDE}")
    temporary.mkdir()
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("EHRKIT_MEMORY", "80MB")
    with open_engine(str(path)) as engine:
        reader = engine.run(parse(MANY))
        first = reader.read_next_batch()
        (spilled,) = temporary.iterdir()
        assert stat.S_IMODE(spilled.stat().st_mode) == 0o700
        assert sum(file.stat().st_size for file in spilled.iterdir()) > 5_000_000
        rows = first.num_rows + sum(batch.num_rows for batch in reader)
    assert rows == 500_000
    assert [*temporary.iterdir(), *work.iterdir()] == []
    assert [one.name for one in tmp_path.iterdir() if "tmp" in one.name] == []


def test_a_limit_of_memory_that_is_none_is_refused(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EHRKIT_MEMORY", "1; SELECT 1")
    with pytest.raises(UsageError, match=r"EHRKIT_MEMORY must be a size\n.*8GB"):
        open_engine(str(database))
