"""`ehrkit cohort`: from a definition to rows, SQL, attrition, and messages that help."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ehrkit.core.columns import Phi, phi_of
from tests.conftest import Ehrkit
from tests.queries.clarity_chart import Chart

NAME = "lumbar-fusion-ed-30d"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    chart = Chart(tmp_path / "chart.duckdb")
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.emergency(2, "Z1", "2020-05-01 10:00")
    return chart.close()


def test_run_writes_a_typed_and_tagged_table(
    ehrkit: Ehrkit, database: Path, tmp_path: Path
) -> None:
    ehrkit("cohort", "run", NAME, "--db", database, "-o", "cohort.parquet")
    table = pq.read_table(tmp_path / "cohort.parquet")
    assert table.to_pylist()[0]["ed_within_30d"] == 0
    assert phi_of(table.schema.field("person_id")) is Phi.OTHER_ID
    assert (tmp_path / "cohort.parquet").stat().st_mode & 0o777 == 0o600


def test_run_in_a_pipe_is_csv_and_takes_parameters(ehrkit: Ehrkit, database: Path) -> None:
    done = ehrkit("cohort", "run", NAME, "--db", database, "--set", "window=60")
    (row,) = csv.DictReader(done.stdout.decode().splitlines())
    assert (row["person_id"], row["ed_within_30d"], row["index_date"]) == ("Z1", "1", "2020-03-07")


def test_attrition_counts(ehrkit: Ehrkit, database: Path) -> None:
    done = ehrkit("cohort", "attrition", NAME, "--db", database)
    rows = list(csv.DictReader(done.stdout.decode().splitlines()))
    assert [row["events_kept"] for row in rows] == ["1"] * 6


def test_the_reading_commands(ehrkit: Ehrkit) -> None:
    assert NAME in ehrkit("cohort", "list").stdout.decode()
    assert 'procedure = "lumbar-fusion"' in ehrkit("cohort", "show", NAME).stdout.decode()
    assert "1 to 30 days after discharge" in ehrkit("cohort", "explain", NAME).stdout.decode()
    assert b"no error" in ehrkit("cohort", "check", NAME, "--schema", "omop-5.4").stderr
    rendered = ehrkit("cohort", "render", NAME, "--dialect", "tsql")
    assert "DATEDIFF(DAY," in rendered.stdout.decode()
    assert b"not executed" in rendered.stderr


def test_new_writes_a_cohort_that_runs(ehrkit: Ehrkit, database: Path, tmp_path: Path) -> None:
    ehrkit("cohort", "new", "mine")
    done = ehrkit("cohort", "run", "mine.toml", "--db", database)
    assert done.stdout.decode().count("\n") == 2
    assert b"exists already" in ehrkit("cohort", "new", "mine", exit_code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["explain", "lumbar-fusion-ed-30"], 2, "Did you mean lumbar-fusion-ed-30d?"),
        (["render", NAME, "--dialect", "tsqll"], 2, "Did you mean tsql?"),
        (["render", NAME, "--schema", "omop-54"], 2, "Did you mean omop-5.4?"),
        (["explain", NAME, "--set", "windw=3"], 2, "Did you mean window?"),
        (["run", NAME, "--db", "none.duckdb"], 2, "no such database"),
        (["run", NAME, "--db", "bad.duckdb"], 6, "not a DuckDB database"),
        (["run", NAME, "--db", "chart.duckdb", "--schema", "omop-5.4"], 3, "of epic-clarity:"),
        (["explain", "bad.toml"], 3, "not valid TOML"),
    ],
)
def test_mistakes_have_their_exit_code(
    ehrkit: Ehrkit, database: Path, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    (tmp_path / "bad.duckdb").write_text("no database " * 1000)
    (tmp_path / "bad.toml").write_text("id = ")
    assert says in ehrkit("cohort", *arguments, exit_code=code).stderr.decode()
