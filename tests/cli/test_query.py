"""`ehrkit query`, `ehrkit schema` and `ehrkit codes` from the shell."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import Ehrkit
from tests.queries.clarity_chart import Chart


@pytest.fixture
def database(tmp_path: Path) -> Path:
    chart = Chart(tmp_path / "chart.duckdb")
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.emergency(2, "Z1", "2020-05-01 10:00")
    return chart.close()


def rows(stdout: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(stdout.decode().splitlines()))


def test_query_run_takes_parameters(ehrkit: Ehrkit, database: Path) -> None:
    everything = ehrkit("query", "run", "encounters", "--db", database)
    assert [row["kind"] for row in rows(everything.stdout)] == ["inpatient", "emergency"]
    some = ehrkit("query", "run", "encounters", "--db", database, "--set", "kind=emergency")
    assert [row["encounter_id"] for row in rows(some.stdout)] == ["2"]
    people = ehrkit("query", "run", "identities", "--db", database)
    assert rows(people.stdout)[0]["birth_date"] == "1960-05-05"


def test_query_reading_commands(ehrkit: Ehrkit) -> None:
    assert "ed-signals" in ehrkit("query", "list").stdout.decode()
    assert "[columns]" in ehrkit("query", "show", "encounters").stdout.decode()
    sql = ehrkit("query", "render", "length-of-stay", "--dialect", "oracle").stdout.decode()
    assert "TRUNC(" in sql
    hint = ehrkit("query", "run", "encounter", "--db", "x", exit_code=2).stderr.decode()
    assert "Did you mean encounters?" in hint


def test_schema_commands(ehrkit: Ehrkit, database: Path) -> None:
    assert "omop-5.4" in ehrkit("schema", "list").stdout.decode()
    shown = ehrkit("schema", "show", "epic-clarity", "person").stdout.decode()
    assert "PAT_MERGE_HISTORY" in shown
    assert "HNO_INFO" not in shown
    assert b"has all" in ehrkit("schema", "check", "epic-clarity", "--db", database).stderr
    lacks = ehrkit("schema", "check", "omop-5.4", "--db", database, exit_code=3)
    assert {"PERSON", "CONCEPT"} <= {row["table"] for row in rows(lacks.stdout)}
    hint = ehrkit("schema", "show", "epic-clarty", exit_code=2).stderr.decode()
    assert "Did you mean epic-clarity?" in hint


def test_codes_commands(ehrkit: Ehrkit, database: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('title = "Ours"\n[include]\nicd10pcs = ["0SG0*"]\n')
    listed = ehrkit("codes", "list", "--codes", "ours.toml").stdout.decode()
    assert "lumbar-fusion" in listed
    assert "Ours" in listed
    assert len(rows(ehrkit("codes", "show", "lumbar-fusion").stdout)) == 6
    done = ehrkit("codes", "count", "ours", "--codes", "ours.toml", "--db", database)
    assert rows(done.stdout) == [
        {"relation": "procedure", "vocabulary": "icd10pcs", "code": "0SG00A0", "events": "1",
         "persons": "1", "entry": "0SG0*"}
    ]  # fmt: skip
    hint = ehrkit("codes", "show", "lumber-fusion", exit_code=2).stderr.decode()
    assert "Did you mean lumbar-fusion?" in hint


@pytest.mark.parametrize(
    ("query", "given", "hint"),
    [
        ("charlson", "keep=last", "must be one of first, every"),
        ("charlson", "index_admission=exlude", "Did you mean exclude?"),
        ("score-change", "better=lwoer", "Did you mean lower?"),
        ("encounters", "kind=emergncy", "Did you mean emergency?"),
    ],
)
def test_a_word_that_a_query_does_not_know_is_refused(
    ehrkit: Ehrkit, query: str, given: str, hint: str
) -> None:
    said = ehrkit("query", "render", query, "--set", given, exit_code=2).stderr.decode()
    assert f"--set {given.split('=')[0]}: must be one of" in said
    assert hint in said


def test_codes_of_a_vocabulary_that_the_rows_never_hold_are_refused(
    ehrkit: Ehrkit, tmp_path: Path
) -> None:
    drugs = ("--set", "procedure=opioids")
    said = ehrkit("query", "render", "charlson", *drugs, exit_code=3).stderr.decode()
    assert "charlson.sql: procedure: the code set opioids has no code of a procedure" in said
    assert "A procedure is coded in" in said
    (tmp_path / "two.sql").write_text(
        '/*\ntitle = "Two"\n[parameters]\nany = { type = "codes", default = "opioids" }\n'
        '[columns]\nperson_id = ["text", "R"]\n*/\n'
        "SELECT p.person_id AS person_id FROM procedures AS p WHERE EHR_IN_CODES(p, :any)\n"
        "UNION ALL\n"
        "SELECT m.person_id AS person_id FROM medications AS m WHERE EHR_IN_CODES(m, :any)\n"
    )
    ehrkit("query", "render", "two.sql")
    ehrkit("query", "render", "two.sql", "--set", "any=lumbar-fusion")
    ehrkit("query", "render", "two.sql", "--set", "any=creatinine", exit_code=3)


HEADER = '/*\ntitle = "Q"\n[columns]\nperson_id = ["text", "R"]\n*/\n'
PEOPLE = "SELECT p.person_id AS person_id FROM persons AS p"


@pytest.mark.parametrize(
    ("sql", "says", "hint"),
    [
        (PEOPLE.replace("p.person_id", "p.persn_id"), "p has no column persn_id", "person_id?"),
        (
            f"{PEOPLE} WHERE EXISTS (SELECT 1 FROM notes AS e WHERE e.start_date = p.birth_date)",
            "e has no column start_date",
            "Did you mean event_date?",
        ),
        (
            PEOPLE.replace("AS person_id", "AS person"),
            "gives no column person_id, which [columns] declares",
            "",
        ),
        (
            PEOPLE.replace(" FROM", ", p.sex AS sex FROM"),
            "gives the column sex, which [columns] lacks",
            "",
        ),
        (f"{PEOPLE} WHERE DATEDIFF(day, p.birth_date, p.death_date) > 1", "", "EHR_DAY_DIFF(a, b)"),
        (f"{PEOPLE} WHERE p.birth_date = DATE '2020-01-01'", "", "EHR_DATE('2020-01-31')"),
        (f"{PEOPLE} LIMIT 3", "", "with `head`"),
    ],
)
def test_a_slip_in_sql_is_named_before_a_database_is_asked(
    ehrkit: Ehrkit, tmp_path: Path, sql: str, says: str, hint: str
) -> None:
    (tmp_path / "q.sql").write_text(HEADER + sql)
    said = ehrkit("query", "render", "q.sql", exit_code=3).stderr.decode()
    assert said.startswith("Error: q.sql: ")
    assert says in said and hint in said


def test_a_part_of_the_query_may_have_the_name_of_a_relation(
    ehrkit: Ehrkit, database: Path, tmp_path: Path
) -> None:
    (tmp_path / "q.sql").write_text(
        f"{HEADER}WITH own AS (SELECT p.person_id AS other FROM persons AS p) "
        "SELECT p.other AS person_id FROM own AS p"
    )
    done = ehrkit("query", "run", "q.sql", "--db", database)
    assert rows(done.stdout) == [{"person_id": "Z1"}]
