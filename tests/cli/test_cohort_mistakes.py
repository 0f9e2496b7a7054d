"""Slips of the hand at cohorts, queries and code sets: what is said, with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Ehrkit

COHORT = """\
id = "b"
title = "B"
[index]
procedure = "lumbar-fusion"
of = "history"
[[require]]
label = "Adult"
age = { at_least = 18 }
"""
ROWS = "person_id,encounter_id,index_date,age\nZ1,1,2020-01-01,50\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.toml").write_text(COHORT)
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "folder").mkdir()
    return tmp_path


def said(ehrkit: Ehrkit, command: str, code: int) -> str:
    done = ehrkit(*command.split(), exit_code=code)
    assert done.stdout == b""
    return done.stderr.decode()


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("cohort explain folder", 2, "folder: no cohort file: its name does not end in .toml"),
        ("query show folder", 2, "folder: no query file: its name does not end in .sql"),
        ("cohort check b.toml --as-of 2024-02-30", 2, "must be a day, YYYY-MM-DD"),
        ("cohort check b.toml --set a=1 --set a=2", 2, "--set a: is given twice"),
        ("cohort run b.toml --db rows.csv", 2, "rows.csv: is one table, not a database"),
        ("cohort diff rows.csv rows.csv --set-second a=1", 2, "--set-second: cohorts are compared"),
        ("cohort diff rows.csv rows.csv --as-of 2024-01-01", 2, "--as-of: cohorts are compared"),
        ("cohort diff b.toml b.toml", 2, "b.toml: cohorts are compared on a database"),
        ("cohort rates rows.csv --outcome age", 2, "column age: is no [[outcome]]: there is no"),
        ("cohort rates rows.csv --outcome age --per -5", 2, "-5.0 is not in the range x>0"),
        ("convert rows.csv --to csv -o folder", 2, "folder: is a folder"),
        ("codes show nothing.toml", 2, "nothing.toml: there is no such file"),
    ],
)
def test_the_message_says_what_and_where(
    ehrkit: Ehrkit, folder: Path, command: str, code: int, words: str
) -> None:
    assert words in said(ehrkit, command, code)
    assert sorted(path.name for path in folder.iterdir()) == ["b.toml", "folder", "rows.csv"]


def test_a_byte_order_mark_is_no_part_of_the_text(ehrkit: Ehrkit, folder: Path) -> None:
    (folder / "b.toml").write_bytes(b"\xef\xbb\xbf" + COHORT.encode())
    assert b"no error" in ehrkit("cohort", "check", "b.toml").stderr


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ('"B"', "\u201cB\u201d", "Line 2 has a typographic quote"),
        ("18 }", "\u221218 }", "Line 8 has a typographic"),
        ("[[require]]", "[require]", "Write [[require]]."),
    ],
)
def test_what_a_word_processor_or_a_habit_puts_in_is_named(
    ehrkit: Ehrkit, folder: Path, right: str, wrong: str, hint: str
) -> None:
    (folder / "b.toml").write_text(COHORT.replace(right, wrong), encoding="utf-8")
    assert hint in said(ehrkit, "cohort check b.toml", 3)


def test_files_in_another_encoding_are_named(ehrkit: Ehrkit, folder: Path) -> None:
    (folder / "q.sql").write_bytes(b'/*\ntitle = "\xe9"\n*/ SELECT 1')
    assert "q.sql: the file is not UTF-8 text" in said(ehrkit, "query show q.sql", 3)
    (folder / "folder" / "schema.toml").write_text('title = "T"\nextends = "epic-clarity"\n')
    (folder / "folder" / "person.sql").write_bytes(b"-- \xe9\nSELECT 1")
    shown = said(ehrkit, "cohort check b.toml --schema ./folder", 3)
    assert "person.sql: the file is not UTF-8 text" in shown


def test_the_damaged_file_of_a_folder_is_named(ehrkit: Ehrkit, folder: Path) -> None:
    (folder / "folder" / "PATIENT.parquet").write_text("xx")
    shown = said(ehrkit, "cohort run b.toml --db folder", 6)
    assert "folder/PATIENT.parquet: cannot be read as a table" in shown


def test_a_table_in_two_files_is_refused(ehrkit: Ehrkit, folder: Path) -> None:
    for name in ("PATIENT.csv", "PATIENT.parquet"):
        (folder / "folder" / name).write_text(ROWS)
    shown = said(ehrkit, "cohort run b.toml --db folder", 2)
    assert "folder: PATIENT.csv and PATIENT.parquet are one table twice" in shown


def test_a_code_set_is_named_by_its_file(ehrkit: Ehrkit, folder: Path) -> None:
    (folder / "ours.toml").write_text('title = "Ours"\n[include]\nicd10cm = ["M48.0*"]\n')
    assert b"icd10cm,M480*,include" in ehrkit("codes", "show", "ours.toml").stdout
