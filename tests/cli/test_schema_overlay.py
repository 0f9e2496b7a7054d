"""A site's own folder over a shipped schema, and what a database lacks, from the shell."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Ehrkit
from tests.queries.clarity_chart import Chart

# A site whose sex stands in a table of its own, as M and F.
PERSON = """
SELECT
  m.person_id AS person_id,
  EHR_TO_DATE(p.BIRTH_DATE) AS birth_date,
  CASE s.SEX WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' ELSE 'unknown' END AS sex,
  'unknown' AS race,
  'unknown' AS ethnicity,
  d.death_date AS death_date
FROM patients AS m
JOIN PATIENT AS p ON p.PAT_ID = m.pat_id
LEFT JOIN OUR_SEX AS s ON s.PAT_ID = m.pat_id
LEFT JOIN deaths AS d ON d.person_id = m.person_id
WHERE m.pat_id = m.person_id
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    chart = Chart(tmp_path / "chart.duckdb")
    chart.patient("Z1", sex="Female")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.connection.execute("CREATE TABLE OUR_SEX AS SELECT 'Z1' AS PAT_ID, 'M' AS SEX")
    ours = tmp_path / "our-clarity"
    ours.mkdir()
    (ours / "schema.toml").write_text('title = "Ours"\nextends = "epic-clarity"\n')
    (ours / "person.sql").write_text(PERSON)
    chart.close()
    return tmp_path


def rows(stdout: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(stdout.decode().splitlines()))


def test_a_folder_replaces_one_relation(ehrkit: Ehrkit, site: Path) -> None:
    where = ("--db", "chart.duckdb", "--schema", "./our-clarity")
    done = ehrkit("cohort", "run", "lumbar-fusion-ed-30d", *where)
    assert [(row["person_id"], row["sex"]) for row in rows(done.stdout)] == [("Z1", "male")]
    theirs = ehrkit("cohort", "run", "lumbar-fusion-ed-30d", "--db", "chart.duckdb")
    assert [row["sex"] for row in rows(theirs.stdout)] == ["female"]
    assert b"has all" in ehrkit("schema", "check", "./our-clarity", "--db", "chart.duckdb").stderr


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("AS ethnicity", "AS etnicity", "person.sql: a person has no column etnicity"),
        ("AS ethnicity", "AS etnicity", "Did you mean ethnicity?"),
        ("  'unknown' AS race,\n", "", "person.sql: a person lacks the column race"),
        ("m.pat_id = m.person_id", "m.patid = m.person_id",
         "person.sql: reads the column patid of patients"),
        ("JOIN OUR_SEX", "JOIN our_sex", "person.sql: names the relation our_sex"),
    ],
)  # fmt: skip
def test_a_folder_that_misses_the_contract_is_refused(
    ehrkit: Ehrkit, site: Path, old: str, new: str, says: str
) -> None:
    file = site / "our-clarity" / "person.sql"
    assert old in PERSON
    file.write_text(PERSON.replace(old, new))
    where = ("--db", "chart.duckdb", "--schema", "./our-clarity")
    done = ehrkit("cohort", "run", "lumbar-fusion-ed-30d", *where, exit_code=3)
    assert says in done.stderr.decode()


def test_what_the_new_relations_lack_is_told(ehrkit: Ehrkit, site: Path) -> None:
    with duckdb.connect(str(site / "chart.duckdb")) as connection:
        for table in ("DEVICE_DAY", "PATIENT_RACE", "SOCIAL_HX"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE HSP_ACCT_DX_LIST DROP COLUMN FINAL_DX_POA_C")
    where = ("schema", "check", "epic-clarity", "--db", "chart.duckdb")
    found = {(row["table"], row["column"]): row for row in rows(ehrkit(*where, exit_code=3).stdout)}
    assert {key: row["relations"] for key, row in found.items()} == {
        ("HSP_ACCT_DX_LIST", "FINAL_DX_POA_C"): "condition",
        ("PATIENT_RACE", ""): "person, identity",
        ("SOCIAL_HX", ""): "measurement",
    }
    assert "present on admission" in found["HSP_ACCT_DX_LIST", "FINAL_DX_POA_C"]["about"]
    asked = rows(ehrkit(*where, "--relation", "device_day", exit_code=3).stdout)
    assert [(row["table"], row["missing"]) for row in asked] == [("DEVICE_DAY", "table")]
    assert "ehrkit wear daily" in asked[0]["about"]
