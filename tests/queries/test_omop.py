"""OMOP 5.4: a hand-made folder of CSV files, and real data against a hand-written query."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ehrkit.core.errors import UsageError
from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.adapting.checking import missing
from ehrkit.queries.attrition import attrition
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import load_query, run_query
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import run_cohort
from tests.queries.plain_data import PLAIN

COHORT = Path(__file__).parent / "any-procedure-ed.toml"
TABLES: dict[str, list[dict[str, str]]] = {
    "PERSON": [
        {"person_id": "1", "gender_concept_id": "8532", "birth_datetime": "1960-05-05 00:00:00"},
        {"person_id": "2", "gender_concept_id": "8507", "year_of_birth": "1960",
         "month_of_birth": "3"},
        {"person_id": "3", "gender_concept_id": "0", "year_of_birth": "1960"},
    ],
    "DEATH": [{"person_id": "3", "death_date": "2020-05-01"}],
    "VISIT_OCCURRENCE": [
        {"visit_occurrence_id": "10", "person_id": "1", "visit_concept_id": "9201",
         "visit_start_date": "2020-03-07", "visit_end_date": "2020-03-10"},
        {"visit_occurrence_id": "11", "person_id": "1", "visit_concept_id": "262",
         "visit_start_date": "2020-04-09", "visit_start_datetime": "2020-04-09 23:59:00",
         "visit_end_date": "2020-04-12", "care_site_id": "6"},
        {"visit_occurrence_id": "20", "person_id": "2", "visit_concept_id": "9201",
         "visit_start_date": "2020-03-07", "visit_end_date": "2020-03-10", "care_site_id": "5"},
        {"visit_occurrence_id": "21", "person_id": "2", "visit_concept_id": "9203",
         "visit_start_date": "2020-04-10", "visit_end_date": "2020-04-10", "care_site_id": "6"},
        {"visit_occurrence_id": "30", "person_id": "3", "visit_concept_id": "9201",
         "visit_start_date": "2020-03-07", "visit_end_date": "2020-12-31",
         "visit_type_concept_id": "32220"},
    ],
    "VISIT_DETAIL": [
        {"visit_occurrence_id": "11", "visit_detail_concept_id": "9203",
         "visit_detail_start_date": "2020-04-09", "visit_detail_end_date": "2020-04-10"},
        {"visit_occurrence_id": "11", "visit_detail_concept_id": "9201",
         "visit_detail_start_date": "2020-04-10", "visit_detail_end_date": "2020-04-12"},
    ],
    "CARE_SITE": [
        {"care_site_id": "5", "care_site_name": "Spine Ward"},
        {"care_site_id": "6", "care_site_name": "Emergency Department"},
    ],
    "OBSERVATION": [],
    "PROCEDURE_OCCURRENCE": [
        {"procedure_occurrence_id": "100", "person_id": "1", "visit_occurrence_id": "10",
         "procedure_date": "2020-03-07", "procedure_concept_id": "2000001",
         "procedure_source_concept_id": "2000001"},
        {"procedure_occurrence_id": "200", "person_id": "2", "visit_occurrence_id": "20",
         "procedure_date": "2020-03-07", "procedure_concept_id": "0",
         "procedure_source_concept_id": "2000001"},
        {"procedure_occurrence_id": "300", "person_id": "3", "visit_occurrence_id": "30",
         "procedure_date": "2020-03-07", "procedure_concept_id": "2000002",
         "procedure_source_concept_id": "0"},
    ],
    "CONDITION_OCCURRENCE": [
        {"condition_occurrence_id": "1", "person_id": "3", "visit_occurrence_id": "30",
         "condition_start_date": "2021-03-07", "condition_concept_id": "7",
         "condition_source_concept_id": "8"},
    ],
    "CONCEPT": [
        {"concept_id": "2000001", "vocabulary_id": "ICD10PCS", "concept_code": "0SG00A0"},
        {"concept_id": "2000002", "vocabulary_id": "ICD10PCS", "concept_code": "0SG1070"},
        {"concept_id": "8", "vocabulary_id": "ICD10CM", "concept_code": "C79.51"},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A CSV per table, in lower case, with every column that the schema reads."""
    adapter = load_adapter("omop-5.4")
    for table, columns in adapter.tables(["person", "encounter", "procedure", "condition"]).items():
        with (tmp_path / f"{table.lower()}.csv").open("w", newline="") as handle:
            writer = csv.DictWriter(handle, sorted(columns))
            writer.writeheader()
            writer.writerows(TABLES[table])
    return tmp_path


def run(cohort: str, folder: Path, **values: str) -> list[dict[str, Any]]:
    with open_engine(str(folder)) as engine:
        reader = run_cohort(load_cohort(cohort, values=values), load_adapter("omop-5.4"), engine)
        return reader.read_all().to_pylist()


def test_the_demo_cohort_runs_on_a_folder_of_text_files(folder: Path) -> None:
    rows = {row["person_id"]: row for row in run("lumbar-fusion-ed-30d", folder)}
    assert {who: row["ed_within_30d"] for who, row in rows.items()} == {"1": 1, "2": 0, "3": None}
    assert rows["1"]["days_to_first_ed"] == 30
    assert {who: (row["age"], row["sex"]) for who, row in rows.items()} == {
        "1": (59, "female"),
        "2": (59, "male"),  # the day is unknown: the 15th of March comes after the 7th
        "3": (59, "unknown"),  # only the year is known: 1 July
    }
    assert rows["3"]["follow_up_reason"] == "end-of-data"


def test_a_procedure_counts_once_though_it_is_coded_twice(folder: Path) -> None:
    with open_engine(str(folder)) as engine:
        table = attrition(load_cohort("lumbar-fusion-ed-30d"), load_adapter("omop-5.4"), engine)
    assert table.to_pylist()[0]["events_kept"] == 3


def test_an_emergency_visit_that_becomes_an_admission_is_two_rows(folder: Path) -> None:
    with open_engine(str(folder)) as engine:
        reader = run_query(load_query("encounters"), load_adapter("omop-5.4"), engine)
        rows = reader.read_all().to_pylist()
    spans = {
        row["kind"]: (str(row["start_time"]), str(row["end_time"]))
        for row in rows
        if row["encounter_id"] == "11"
    }
    assert spans == {
        "emergency": ("2020-04-09 00:00:00", "2020-04-10 00:00:00"),
        "inpatient": ("2020-04-10 00:00:00", "2020-04-12 00:00:00"),
    }


def test_the_place_of_a_visit_stands_for_its_specialty(folder: Path, tmp_path: Path) -> None:
    cohort = tmp_path / "ward.toml"
    cohort.write_text(
        """id = "ward"
title = "Visits to a place"
[index]
encounter = "any"
where = { specialty = ["spine*", "emergency*"] }
keep = "every"
of = "eligible"
"""
    )
    # Visit 11 began in the emergency department and went on to a ward that nobody names.
    assert [row["encounter_id"] for row in run(str(cohort), folder)] == ["20", "21"]


def test_what_a_folder_lacks_is_listed(folder: Path) -> None:
    (folder / "concept.csv").unlink()
    header = folder / "death.csv"
    header.write_text("person_id\n3\n")
    with open_engine(str(folder)) as engine:
        rows = missing(load_adapter("omop-5.4"), engine, ["person", "procedure"])
    rows = rows.drop_columns("about").to_pylist()
    assert rows == [
        {"table": "CONCEPT", "column": None, "missing": "table", "relations": "procedure"},
        {"table": "DEATH", "column": "death_date", "missing": "column", "relations": "person"},
    ]


def test_a_relation_that_the_schema_does_not_supply_is_named(folder: Path) -> None:
    with (
        open_engine(str(folder)) as engine,
        pytest.raises(UsageError, match="plain supplies no relation ed_signal"),
    ):
        run_query(load_query("ed-signals"), load_adapter(str(PLAIN)), engine)


@pytest.fixture(scope="module")
def synthea(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """The real OMOP export, unpacked, and loaded into DuckDB with its types guessed."""
    folder = tmp_path_factory.mktemp("synthea")
    archive = shared_data / "omop-synthea27nj" / "Synthea27Nj_5.4.zip"
    with zipfile.ZipFile(archive) as opened:
        for member in opened.namelist():
            if member.endswith(".csv") and "/" not in member:
                opened.extract(member, folder)
    with duckdb.connect(str(folder / "omop.duckdb")) as connection:
        for path in sorted(folder.glob("*.csv")):
            connection.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM read_csv('{path}')")
    return folder


BY_HAND = """
SELECT p.person_id, v.visit_occurrence_id, p.procedure_date,
  (SELECT count(DISTINCT e.visit_occurrence_id) FROM VISIT_OCCURRENCE e
   WHERE e.person_id = p.person_id AND e.visit_concept_id = 9203
     AND e.visit_start_date - p.procedure_date BETWEEN 1 AND {window})
FROM (SELECT DISTINCT person_id, visit_occurrence_id, procedure_date FROM PROCEDURE_OCCURRENCE
      WHERE procedure_concept_id IN (4075363, 4168236)) p
JOIN PERSON r USING (person_id)
LEFT JOIN VISIT_OCCURRENCE v USING (visit_occurrence_id)
WHERE date_sub('year', r.birth_datetime::DATE, p.procedure_date) >= 18
"""


@pytest.mark.parametrize(
    ("source", "window"),
    [("omop.duckdb", 1), ("omop.duckdb", 30), ("omop.duckdb", 365), (".", 365)],
)
def test_real_data_agree_with_a_hand_written_query(synthea: Path, source: str, window: int) -> None:
    found = run(str(COHORT), synthea / source, window=str(window))
    with duckdb.connect(str(synthea / "omop.duckdb"), read_only=True) as connection:
        wanted = connection.execute(BY_HAND.format(window=window)).fetchall()
    rows = [(r["person_id"], r["encounter_id"], r["index_date"], r["ed_visits"]) for r in found]
    assert sorted(rows) == sorted((str(p), str(v), d, n) for p, v, d, n in wanted)
    assert len(rows) > 40
    if window == 365:
        assert sum(row[3] for row in rows) > 0


def test_every_relation_of_the_real_data_can_be_read(synthea: Path) -> None:
    adapter = load_adapter("omop-5.4")
    with open_engine(str(synthea / "omop.duckdb")) as engine:
        assert missing(adapter, engine).num_rows == 0
        emergency = run_query(load_query("encounters", {"kind": "emergency"}), adapter, engine)
        assert emergency.read_all().num_rows == 56
        inpatient = run_query(load_query("length-of-stay"), adapter, engine)
        assert inpatient.read_all().num_rows == 13
