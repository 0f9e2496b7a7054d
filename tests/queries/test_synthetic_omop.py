"""One truth in two shapes: the same cohort finds the same people, days and outcomes in both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.adapting.checking import missing
from ehrkit.queries.attrition import attrition
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import load_query, run_query
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import run_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec

ADAPTERS = {"clarity": load_adapter("epic-clarity"), "omop": load_adapter("omop-5.4")}
EVER = {"since": "1900-01-01", "until": "2100-01-01"}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(600, 11), tuple(ADAPTERS))
    return folder


def person(key: str) -> int:
    """The mapping that the description of the CDM states: the digits of PAT_ID."""
    return int(key.removeprefix("Z"))


def cohort(site: Path, shape: str, name: str, **values: str) -> Rows:
    with open_engine(str(site / shape)) as engine:
        definition = load_cohort(name, values=values)
        rows = run_cohort(definition, ADAPTERS[shape], engine).read_all().to_pylist()
    return sorted(
        ({**row, "person_id": person(row["person_id"])} for row in rows),
        key=lambda row: (row["person_id"], row["index_date"]),
    )


def query(site: Path, shape: str, name: str, **values: str) -> Rows:
    with open_engine(str(site / shape)) as engine:
        rows = run_query(load_query(name, values), ADAPTERS[shape], engine).read_all().to_pylist()
    return [{**row, "person_id": person(row["person_id"])} for row in rows]


def test_the_cdm_has_all_that_the_schema_reads(site: Path) -> None:
    with open_engine(str(site / "omop")) as engine:
        adapter = ADAPTERS["omop"]
        assert missing(adapter, engine).num_rows == 0


@pytest.mark.parametrize(
    ("name", "values", "fewest"),
    [
        ("lumbar-fusion-ed-30d", {}, 50),
        ("lumbar-fusion-ed-30d", EVER, 60),
        ("lumbar-fusion-ed-30d", {**EVER, "window": "365"}, 60),
        ("any-surgery-ed-30d", {}, 80),
        ("cervical-fusion-readmission-90d", {}, 5),
    ],
)
def test_cohorts_are_the_same_rows_in_both_shapes(
    site: Path, name: str, values: dict[str, str], fewest: int
) -> None:
    clarity, omop = (cohort(site, shape, name, **values) for shape in ADAPTERS)
    assert len(clarity) >= fewest
    assert omop == clarity


def test_stays_are_found_by_their_drg_in_both_shapes(site: Path, tmp_path: Path) -> None:
    definition = tmp_path / "episodes.toml"
    definition.write_text(
        'id = "episodes"\ntitle = "Spinal fusion episodes"\n'
        '[index]\nprocedure = "spinal-fusion-episode"\nkeep = "every"\n'
    )
    clarity, omop = (cohort(site, shape, str(definition)) for shape in ADAPTERS)
    assert len(clarity) > 20
    assert omop == clarity


FINDINGS = """
id = "findings"
title = "What was known before a lumbar fusion, and what was given after it"
[index]
procedure = "lumbar-fusion"
keep = "every"
[codes.hemoglobin]
title = "Hemoglobin"
[codes.hemoglobin.include]
loinc = ["718-7"]
[codes.opioid]
title = "Opioids, by ingredient"
[codes.opioid.include]
rxnorm = ["7804", "5489", "10689", "3423"]
[codes.hypertension]
title = "Hypertension"
[codes.hypertension.include]
icd10cm = ["I10"]
"""
COLUMN = """
[[column]]
name = "{name}"
{relation} = "{name}"
days = [{days}]
value = "{value}"
"""


def test_results_drugs_and_diagnoses_are_the_same_in_both_shapes(
    site: Path, tmp_path: Path
) -> None:
    columns = (
        ("measurement", "hemoglobin", "-90, 30", "days_to"),
        ("medication", "opioid", "-180, 90", "count"),
        ("condition", "hypertension", "-365, 0", "first_date"),
    )
    definition = tmp_path / "findings.toml"
    definition.write_text(
        FINDINGS
        + "".join(
            COLUMN.format(relation=relation, name=name, days=days, value=value)
            for relation, name, days, value in columns
        )
    )
    clarity, omop = (cohort(site, shape, str(definition)) for shape in ADAPTERS)
    assert omop == clarity
    for _, name, *_ in columns:
        assert sum(1 for row in omop if row[name]) > 20, name


def test_people_leave_for_the_same_reasons_in_both_shapes(site: Path) -> None:
    tables = []
    for shape, adapter in ADAPTERS.items():
        with open_engine(str(site / shape)) as engine:
            tables.append(attrition(load_cohort("lumbar-fusion-ed-30d"), adapter, engine))
    assert tables[0].to_pylist() == tables[1].to_pylist()


def test_the_cohort_is_that_of_the_answer_key(site: Path) -> None:
    """Hand-counted from the truth: the first performed lumbar fusion of each person."""
    truth = site / "truth"
    apart = {
        person(row["person_id"])
        for row in pq.read_table(truth / "merges.parquet").to_pylist()
        if not row["merged"]
    }
    first: dict[int, Any] = {}
    for row in pq.read_table(truth / "surgeries.parquet").to_pylist():
        if row["kind"] == "lumbar-fusion" and row["performed"]:
            who = person(row["person_id"])
            first[who] = min(first.get(who, row), row, key=lambda one: one["procedure_date"])
    lost = {
        row["key"]
        for row in pq.read_table(truth / "planted.parquet").to_pylist()
        if row["kind"] == "discharge-missing" and row["table"] == "omop.visit_occurrence"
    }
    arrivals: dict[int, list[Any]] = {}
    for row in pq.read_table(truth / "emergency_visits.parquet").to_pylist():
        if row["visible"]:
            arrivals.setdefault(person(row["person_id"]), []).append(row["arrival"].date())
    rows = cohort(site, "omop", "lumbar-fusion-ed-30d", **EVER)
    known = [row for row in rows if row["person_id"] not in apart and row["person_id"] in first]
    assert len(known) > 60
    for row in known:
        surgery = first[row["person_id"]]
        assert row["index_date"] == surgery["procedure_date"]
        assert row["encounter_id"] == surgery["encounter_id"]
        if surgery["encounter_id"] not in lost:
            left = surgery["discharged"].date()
            after = [
                day for day in arrivals.get(row["person_id"], []) if 1 <= (day - left).days <= 30
            ]
            assert row["ed_visits"] == len(after)
    assert sum(row["ed_within_30d"] or 0 for row in known) > 5


def test_emergency_visits_are_the_visible_ones(site: Path) -> None:
    truth = pq.read_table(site / "truth" / "emergency_visits.parquet").to_pylist()
    wanted = {row["encounter_id"]: row["arrival"] for row in truth if row["visible"]}
    rows = query(site, "omop", "encounters", kind="emergency")
    assert {row["encounter_id"]: row["start_time"] for row in rows} == wanted
    assert len(rows) == len(wanted) > 300


@pytest.mark.parametrize("kind", ["inpatient", "observation", "emergency", "outpatient"])
def test_encounters_of_each_kind_are_the_same_in_both_shapes(site: Path, kind: str) -> None:
    """An admission through the emergency department starts when the ward takes over.

    Check-in comes before the visit, and who is observed was bedded before: days are compared.
    """
    columns = ("person_id", "encounter_id", "start_date")
    found = [
        {
            tuple(row[name] for name in columns): row
            for row in query(site, shape, "encounters", kind=kind)
        }
        for shape in ADAPTERS
    ]
    if kind == "observation":
        found = [{key[:2]: row for key, row in rows.items()} for rows in found]
    assert set(found[0]) == set(found[1])
    if kind == "inpatient":
        assert all(found[0][key]["end_time"] == found[1][key]["end_time"] for key in found[0])


def test_lengths_of_stay_are_the_same_in_both_shapes(site: Path) -> None:
    clarity, omop = (
        {row["encounter_id"]: row for row in query(site, shape, "length-of-stay")}
        for shape in ADAPTERS
    )
    assert len(clarity) > 100
    assert omop == clarity
