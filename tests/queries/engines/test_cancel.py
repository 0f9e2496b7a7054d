"""Ctrl-C stops the query in the database too: exit 130, no output, nothing left behind."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.queries.databases import Databases
from tests.queries.plain_data import PLAIN

SLOW = Path(__file__).with_name("slow.sql")
PEOPLE = 3000
RUNNING = {
    "postgres": "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active' "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    "mariadb": "SELECT COUNT(*) FROM information_schema.processlist "
    "WHERE info LIKE '%persons AS d%' AND id <> CONNECTION_ID()",
}


def people() -> pa.Table:
    columns = ("birth_date", "sex", "race", "ethnicity", "death_date")
    unknown = {name: pa.nulls(PEOPLE, pa.string()) for name in columns}
    return pa.table({"person_id": [str(number) for number in range(PEOPLE)], **unknown})


def interrupted(address: str, folder: Path, runs: Callable[[int], bool]) -> None:
    """Run the slow query, interrupt it once it runs, and look at what it leaves."""
    command = [sys.executable, "-m", "ehrkit.cli", "query", "run", str(SLOW), "--db", address,
               "--schema", str(PLAIN), "-o", str(folder / "out.parquet")]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            until(lambda: runs(process.pid))
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130, said
    assert said.splitlines()[-1] == "Interrupted."
    assert "Traceback" not in said and "Exception ignored" not in said
    assert list(folder.iterdir()) == []


def until(happens: Callable[[], bool]) -> None:
    for _ in range(600):
        if happens():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen within a minute")


def works_hard(process: int) -> bool:
    """More processor time than starting takes: the query runs."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) > 300


@pytest.mark.parametrize("dialect", RUNNING)
def test_a_server_is_told_to_stop(databases: Databases, dialect: str, tmp_path: Path) -> None:
    engine = databases.open(dialect, {"PERSON_ROWS": people()})
    server = databases.server(dialect)

    def running() -> int:
        return int(server.execute(RUNNING[dialect])[0][0])

    def stays(_: int) -> bool:
        return all(running() == 1 and time.sleep(0.1) is None for _ in range(10))

    interrupted(server.url(server.schemas[engine]), tmp_path, stays)
    until(lambda: running() == 0)


def test_duckdb_stops(tmp_path: Path) -> None:
    path = tmp_path / "chart.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("people", people())
        connection.execute("CREATE TABLE PERSON_ROWS AS SELECT * FROM people")
    (tmp_path / "out").mkdir()
    interrupted(str(path), tmp_path / "out", works_hard)


def test_sqlite_stops(databases: Databases, tmp_path: Path) -> None:
    path = tmp_path / "chart.db"
    copy = sqlite3.connect(path)
    databases.open("sqlite", {"PERSON_ROWS": people()})._connection.backup(copy)
    copy.close()
    (tmp_path / "out").mkdir()
    interrupted(str(path), tmp_path / "out", works_hard)
