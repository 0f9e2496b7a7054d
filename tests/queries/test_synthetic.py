"""On the synthetic chart, cohorts and queries find what the answer key says happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.adapting.checking import missing
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import load_query, run_query
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import run_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec

ADAPTER = load_adapter("epic-clarity")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(600, 11))
    return folder


def truth(site: Path, name: str) -> list[dict[str, Any]]:
    return pq.read_table(site / "truth" / f"{name}.parquet").to_pylist()


def query(site: Path, name: str, **values: str) -> list[dict[str, Any]]:
    with open_engine(str(site / "clarity")) as engine:
        return run_query(load_query(name, values), ADAPTER, engine).read_all().to_pylist()


def separate_records(site: Path) -> set[str]:
    """Records of one true person that the site never merged: nothing in the chart joins them."""
    return {row["old_pat_id"] for row in truth(site, "merges") if not row["merged"]}


def test_the_chart_has_all_that_the_schema_reads(site: Path) -> None:
    with open_engine(str(site / "clarity")) as engine:
        assert missing(ADAPTER, engine).num_rows == 0


def test_every_visible_emergency_visit_is_found_with_its_signals(site: Path) -> None:
    wanted = {
        row["encounter_id"]: (
            int(row["ed_record"]), int(row["base_class"]), int(row["class_or_department"]),
            int(row["revenue"]),
        )
        for row in truth(site, "emergency_visits")
        if row["visible"]
    }  # fmt: skip
    names = ("ed_record", "base_class", "class_or_department", "billing")
    found = {row["encounter_id"]: tuple(row[n] for n in names) for row in query(site, "ed-signals")}
    assert found == wanted
    arrivals = {
        row["encounter_id"]: row["start_time"]
        for row in query(site, "encounters", kind="emergency")
    }
    assert arrivals == {
        row["encounter_id"]: row["arrival"]
        for row in truth(site, "emergency_visits")
        if row["visible"]
    }


def test_every_person_is_there_once_and_no_test_patient(site: Path) -> None:
    found = [row["person_id"] for row in query(site, "identities")]
    real = {row["person_id"] for row in truth(site, "persons")}
    assert len(found) == len(set(found))
    assert set(found) == real | separate_records(site)


def test_the_first_lumbar_fusions_are_the_true_ones(site: Path) -> None:
    first: dict[str, Any] = {}
    for row in truth(site, "surgeries"):
        if row["kind"] == "lumbar-fusion" and row["performed"]:
            known = first.get(row["person_id"], row)
            first[row["person_id"]] = min(known, row, key=lambda one: one["procedure_date"])
    values = {"since": "1900-01-01", "until": "2100-01-01"}
    with open_engine(str(site / "clarity")) as engine:
        reader = run_cohort(load_cohort("lumbar-fusion-ed-30d", values=values), ADAPTER, engine)
        found = {row["person_id"]: row for row in reader.read_all().to_pylist()}
    assert len(found) > 50
    for person_id, row in found.items():
        if person_id not in separate_records(site):
            assert row["index_date"] == first[person_id]["procedure_date"]
            assert row["encounter_id"] == first[person_id]["encounter_id"]
    excluded = len(set(first) - set(found))
    assert excluded < 0.15 * len(first)
