"""A cohort on a synthetic chart is the same file from every engine, by the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.compiling.needs import relations_of
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import run_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from tests.conftest import Ehrkit
from tests.queries.databases import ON_SPARK, Databases

COHORT = "lumbar-fusion-ed-30d"
# They read most of a chart: surgery, billing, drugs, laboratory, deaths and later encounters.
COHORTS = (
    COHORT,
    "spinal-fusion-readmission-90d",
    "spine-surgery-complications",
    "spine-surgery-mortality",
    "prolonged-opioid-use",
    "labs-before-surgery",
    "reoperation-free-survival",
)
ADAPTER = load_adapter("epic-clarity")


@pytest.fixture(scope="module")
def clarity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chart") / "site"
    generate(folder, Spec(60, 5))
    return folder / "clarity"


@pytest.fixture(scope="module")
def tables(clarity: Path) -> dict[str, pa.Table]:
    return tables_of(clarity, COHORT)


def tables_of(clarity: Path, *cohorts: str) -> dict[str, pa.Table]:
    needed = {
        table for name in cohorts for table in ADAPTER.tables(relations_of(load_cohort(name)))
    }
    return {name: pq.read_table(clarity / f"{name}.parquet") for name in sorted(needed)}


@pytest.fixture
def expected(ehrkit: Ehrkit, clarity: Path) -> str:
    text = ehrkit("cohort", "run", COHORT, "--db", clarity).stdout.decode()
    assert text.count("\n") > 3
    return text


@pytest.mark.parametrize("dialect", ["postgres", "mariadb"])
def test_a_server_gives_the_same_file(
    databases: Databases, dialect: str, tables: dict[str, pa.Table], ehrkit: Ehrkit, expected: str
) -> None:
    engine, server = databases.open(dialect, tables), databases.server(dialect)
    place = (
        "--db",
        server.url(),
        "--db-schema",
        server.schemas[engine],
        "--schema",
        "epic-clarity",
    )
    assert ehrkit("cohort", "run", COHORT, *place).stdout.decode() == expected
    lacks = ehrkit("schema", "check", *place[:4], "--relation", "procedure", exit_code=0)
    assert b"has all that it reads" in lacks.stderr


@pytest.mark.parametrize(
    ("dialect", "patients", "cohorts"),
    [
        pytest.param("mariadb", 400, COHORTS, id="mariadb"),
        pytest.param(*ON_SPARK.values, 60, COHORTS[:1], id="spark", marks=ON_SPARK.marks),
    ],
)
def test_a_whole_chart_gives_the_rows_of_duckdb(
    databases: Databases, tmp_path: Path, dialect: str, patients: int, cohorts: tuple[str, ...]
) -> None:
    """Without tables for shared parts, either takes minutes or does not come to an end."""
    generate(tmp_path / "site", Spec(patients, 5))
    tables = tables_of(tmp_path / "site" / "clarity", *cohorts)
    engine, on_duckdb = databases.open(dialect, tables), databases.open("duckdb", tables)
    for name in cohorts:
        cohort = load_cohort(name)
        wanted = run_cohort(cohort, ADAPTER, on_duckdb).read_all()
        assert wanted.num_rows > 3, name
        assert run_cohort(cohort, ADAPTER, engine).read_all().equals(wanted), name


def test_a_sqlite_file_gives_the_same_file(
    databases: Databases,
    tmp_path: Path,
    tables: dict[str, pa.Table],
    ehrkit: Ehrkit,
    expected: str,
) -> None:
    path = tmp_path / "chart.db"
    copy = sqlite3.connect(path)
    lower = {name.lower(): table for name, table in tables.items()}
    databases.open("sqlite", lower)._connection.backup(copy)
    copy.close()
    assert ehrkit("cohort", "run", COHORT, "--db", path).stdout.decode() == expected


def test_an_unreachable_server_ends_a_command(ehrkit: Ehrkit) -> None:
    done = ehrkit("cohort", "run", COHORT, "--db", "postgresql://localhost:1/clarity", exit_code=6)
    assert done.stderr.decode().startswith(
        "Error: postgresql://localhost/clarity: the server cannot be reached"
    )
    assert done.stdout == b""


def test_names_are_rendered_with_all_their_parts(ehrkit: Ehrkit) -> None:
    place = ("--catalog", "clarity", "--db-schema", "dbo")
    for command in (("cohort", "render", COHORT), ("query", "render", "encounters")):
        text = ehrkit(*command, "--dialect", "tsql", *place).stdout.decode()
        assert "FROM clarity.dbo.PATIENT AS" in text or "JOIN clarity.dbo.PATIENT AS" in text
        assert "dbo.encounters" not in text
    ehrkit("cohort", "render", COHORT, "--dialect", "mysql", *place, exit_code=2)


def test_a_table_is_named_with_its_file(ehrkit: Ehrkit, clarity: Path, tmp_path: Path) -> None:
    (tmp_path / "daily.csv").write_text("PERSON_ID\n1\n")
    run = ("cohort", "run", COHORT, "--db", clarity, "--table")
    ehrkit(*run, "device_day=daily.csv")
    for wrong in ("daily.csv", "a b=daily.csv", "DEVICE_DAY=none.csv"):
        ehrkit(*run, wrong, exit_code=2)
