"""On the command line: test, diff, new, check, attrition and count, with their exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.conftest import Ehrkit
from tests.queries.clarity_chart import Chart

NAME = "lumbar-fusion-ed-30d"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    chart = Chart(tmp_path / "chart.duckdb")
    for number, birth in enumerate(("1960-01-01", "2010-01-01")):
        chart.patient(f"Z{number}", birth=birth)
        chart.surgery(10 * number + 1, f"Z{number}", "2020-03-07 07:00", "2020-03-10 12:00")
        chart.emergency(10 * number + 2, f"Z{number}", "2020-05-01 10:00")
    return chart.close()


def rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(text.decode().splitlines()))


def test_a_missed_expectation_exits_5_with_the_table(ehrkit: Ehrkit) -> None:
    ehrkit("cohort", "new", "mine")
    done = ehrkit("cohort", "test", "mine.toml")
    assert b"mine.test.toml: 3 patients, 8 checks, all met" in done.stderr
    assert done.stdout == b""
    done = ehrkit("cohort", "test", "mine.toml", "--set", "window=29", exit_code=5)
    assert b"mine.test.toml: 1 of 8 checks are missed" in done.stderr
    (missed,) = [row for row in rows(done.stdout) if row["result"] == "missed"]
    assert (missed["check"], missed["expected"], missed["found"]) == ("row 1: ed_visit", "1", "0")
    ehrkit("cohort", "test", NAME, "--tests", "mine.test.toml", exit_code=3)


def test_without_tests_it_says_how_to_write_some(ehrkit: Ehrkit, tmp_path: Path) -> None:
    ehrkit("cohort", "new", "mine")
    (tmp_path / "mine.test.toml").unlink()
    done = ehrkit("cohort", "test", "mine.toml", exit_code=2)
    assert b"mine.test.toml: the cohort has no such file of tests" in done.stderr


@pytest.mark.parametrize("name", ["my cohort", 'a"b', ".toml", "", "a.test", "\N{SNOWMAN}", "-x"])
def test_odd_names_are_refused_before_anything_is_written(
    ehrkit: Ehrkit, tmp_path: Path, name: str
) -> None:
    done = ehrkit("cohort", "new", "--", name, exit_code=2)
    assert b"letters, digits, - and _" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_new_files_are_never_written_over(ehrkit: Ehrkit, tmp_path: Path) -> None:
    (tmp_path / "mine.test.toml").write_text("kept")
    done = ehrkit("cohort", "new", "mine.toml", exit_code=2)
    assert b"mine.test.toml: the file exists already" in done.stderr
    assert not (tmp_path / "mine.toml").exists()
    (tmp_path / "folder").mkdir()
    ehrkit("cohort", "new", "folder/Mine_2")
    assert 'id = "Mine_2"' in (tmp_path / "folder" / "Mine_2.toml").read_text()


def test_diff_of_two_runs_and_of_two_definitions(ehrkit: Ehrkit, database: Path) -> None:
    ehrkit("cohort", "run", NAME, "--db", database, "-o", "a.parquet")
    ehrkit("cohort", "run", NAME, "--db", database, "--set", "window=60", "-o", "b.csv")
    assert rows(ehrkit("cohort", "diff", "a.parquet", "a.parquet").stdout) == []
    found = rows(ehrkit("cohort", "diff", "a.parquet", "b.csv").stdout)
    assert {(row["column"], row["first"], row["second"]) for row in found} == {
        ("ed_within_30d", "0", "1"), ("ed_visits", "0", "1"),
        ("first_ed_date", "", "2020-05-01"), ("days_to_first_ed", "", "52"),
    }  # fmt: skip
    on = ("--db", database)
    again = ehrkit("cohort", "diff", NAME, NAME, "--set-second", "window=60", *on)
    assert rows(again.stdout) == found
    done = ehrkit("cohort", "diff", NAME, NAME, "--set-second", "since=2021-01-01", *on)
    (row,) = rows(done.stdout)
    assert row["difference"] == "only in the first"
    assert row["decided"] == "Index date from 2021-01-01 to 2024-12-31"


def test_diff_exits_5_only_where_asked_and_where_something_differs(
    ehrkit: Ehrkit, database: Path
) -> None:
    ehrkit("cohort", "run", NAME, "--db", database, "-o", "a.parquet")
    ehrkit("cohort", "run", NAME, "--db", database, "--set", "window=60", "-o", "b.parquet")
    assert ehrkit("cohort", "diff", "a.parquet", "a.parquet", "--exit-code").stderr == b""
    plain = ehrkit("cohort", "diff", "a.parquet", "b.parquet")
    done = ehrkit("cohort", "diff", "a.parquet", "b.parquet", "--exit-code", exit_code=5)
    assert done.stdout == plain.stdout
    assert b"they differ: 4 rows" in done.stderr
    on = ("--db", database, "--exit-code")
    ehrkit("cohort", "diff", NAME, NAME, *on)
    ehrkit("cohort", "diff", NAME, NAME, "--set-second", "window=60", *on, exit_code=5)


def test_diff_names_the_file_that_is_no_run(ehrkit: Ehrkit, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("person_id,encounter_id,index_date\n1,2,2020-01-01\n")
    (tmp_path / "b.csv").write_text("person_id,index_date\n1,2020-01-01\n")
    done = ehrkit("cohort", "diff", "a.csv", "b.csv", exit_code=3)
    assert b"b.csv: has no column encounter_id" in done.stderr
    (tmp_path / "b.csv").write_text("person_id,encounter_id,index_date\n" + "1,2,2020-01-01\n" * 2)
    done = ehrkit("cohort", "diff", "a.csv", "b.csv", exit_code=3)
    assert b"b.csv: an index event stands twice" in done.stderr
    assert b"no such file" in ehrkit("cohort", "diff", "a.csv", "c.csv", exit_code=2).stderr


def test_attrition_as_csv_and_as_lines_of_json(ehrkit: Ehrkit, database: Path) -> None:
    command = ("cohort", "attrition", NAME, "--db", database)
    first = rows(ehrkit(*command).stdout)
    assert first[0]["events_kept"] == "2" and first[-1]["events_kept"] == "1"
    (step,) = [row for row in first if row["events_excluded"] == "1"]
    assert step["label"] == "18 or older at surgery"
    lines = ehrkit(*command, "--to", "ndjson").stdout.decode().splitlines()
    objects = [json.loads(line) for line in lines]
    assert [{key: str(value) for key, value in one.items()} for one in objects] == first
    assert all(isinstance(one["persons_kept"], int) for one in objects)


def test_attrition_becomes_the_flow_of_the_report(
    ehrkit: Ehrkit, database: Path, tmp_path: Path
) -> None:
    ehrkit("cohort", "attrition", NAME, "--db", database, "-o", "attrition.csv")
    ehrkit("report", "--attrition", "attrition.csv", "-o", "report.html")
    page = (tmp_path / "report.html").read_text()
    for row in rows((tmp_path / "attrition.csv").read_bytes()):
        assert row["label"].replace("'", "&#39;") in page


def test_as_of_and_set_reach_the_definition(ehrkit: Ehrkit, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'id = "mine"\ntitle = "Mine"\n[parameters]\n'
        'n = { type = "integer", default = 1 }\nx = { type = "number", default = 1.5 }\n'
        'd = { type = "date", default = "as-of - 1 year" }\nt = { type = "text", default = "a" }\n'
        'c = { type = "codes", default = "lumbar-fusion" }\nw = { type = "days", default = 7 }\n'
        '[index]\nprocedure = "c"\nof = "history"\nbetween = ["d", "as-of"]\nwashout = "w"\n'
        '[[column]]\nname = "stays"\nencounter = "any"\nat_least = "n"\n'
        'where = { specialty = "t", length_of_stay = { above = "x" } }\n'
    )
    text = ehrkit("cohort", "explain", "mine.toml", "--as-of", "2024-02-29").stdout.decode()
    assert "Only index dates from 2023-02-28 to 2024-02-29." in text
    pairs = ("n=2", "x=0.5", "d=2020-01-01", "t=Spine*", "c=cervical-fusion", "w=14")
    sets = [part for pair in pairs for part in ("--set", pair)]
    text = ehrkit("cohort", "explain", "mine.toml", "--as-of", "2024-02-29", *sets).stdout.decode()
    assert "Only index dates from 2020-01-01 to 2024-02-29." in text
    assert "The first cervical-fusion procedure of" in text
    assert "no other such event in the 14 days before" in text
    assert (
        'at least 2 encounters of any kind (specialty "spine*", length of stay above 0.5)' in text
    )


def test_check_says_what_a_schema_lacks(ehrkit: Ehrkit, tmp_path: Path) -> None:
    assert b"2 rules, 4 columns, 0 outcomes, no error" in ehrkit("cohort", "check", NAME).stderr
    (tmp_path / "ours").mkdir()
    done = ehrkit("cohort", "check", NAME, "--schema", "./ours", exit_code=2)
    assert b"ours" in done.stderr
    done = ehrkit("cohort", "check", NAME, "--schema", "omop-5.5", exit_code=2)
    assert b"Did you mean omop-5.4?" in done.stderr


def test_a_column_that_the_database_lacks_is_named(
    ehrkit: Ehrkit, database: Path, tmp_path: Path
) -> None:
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute("ALTER TABLE PATIENT DROP COLUMN BIRTH_DATE")
    done = ehrkit("cohort", "run", NAME, "--db", database, exit_code=3)
    assert b"PATIENT" in done.stderr and b"BIRTH_DATE" in done.stderr


def test_count_flags_entries_that_match_nothing(ehrkit: Ehrkit, database: Path) -> None:
    found = rows(ehrkit("codes", "count", "lumbar-fusion", "--db", database).stdout)
    assert {(row["entry"], row["events"]) for row in found} == {
        ("0SG0*", "2"), ("0SG1*", "0"), ("0SG3*", "0"),
        ("XRGB*", "0"), ("XRGC*", "0"), ("XRGD*", "0"),
    }  # fmt: skip
