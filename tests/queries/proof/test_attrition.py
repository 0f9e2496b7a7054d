"""Attrition of every shipped cohort on the synthetic chart: nothing comes or goes unseen."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import Adapter, load_adapter
from ehrkit.queries.attrition import UNITS, attrition
from ehrkit.queries.engines import Engine, open_engine
from ehrkit.queries.engines.duckdb import open_memory
from ehrkit.queries.proving.invented import read_patient, tables_of
from ehrkit.queries.reading import library, load_cohort
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.running import run_cohort
from ehrkit.queries.sections import Section
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec

ADAPTER: Adapter = load_adapter("epic-clarity")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(600, 11))
    with open_engine(str(folder / "clarity"), extra={"DEVICE_DAY": worn(folder)}) as found:
        yield found


def worn(folder: Path) -> Path:
    """Write every other day of 400 for everybody, two of three of them valid."""
    patients = pq.read_table(folder / "clarity" / "PATIENT.parquet", columns=["PAT_ID"])
    rows = [
        {"person_id": person, "date": date(2021, 6, 1) + timedelta(day), "steps": 100 * day}
        | {"wear_minutes": 700, "valid": day % 3 > 0}
        for person in patients.column("PAT_ID").to_pylist()
        for day in range(0, 400, 2)
    ]
    path = folder / "daily.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.mark.parametrize("name", sorted(library()))
def test_excluded_and_kept_are_what_came_in(engine: Engine, name: str) -> None:
    cohort = load_cohort(name)
    rows = attrition(cohort, ADAPTER, engine).to_pylist()
    assert [row["step"] for row in rows] == list(range(len(rows)))
    before = rows[0]
    for unit in UNITS:
        assert before[f"{unit}_excluded"] == 0
        assert before[f"{unit}_in"] == before[f"{unit}_kept"]
    for row in rows[1:]:
        for unit in UNITS:
            assert row[f"{unit}_in"] == before[f"{unit}_kept"]
            assert row[f"{unit}_in"] - row[f"{unit}_excluded"] == row[f"{unit}_kept"]
            assert 0 <= row[f"{unit}_excluded"] <= row[f"{unit}_in"]
        assert row["persons_kept"] <= row["events_kept"]
        before = row
    table = run_cohort(cohort, ADAPTER, engine).read_all()
    kept = table.select(["person_id", "encounter_id"]).to_pydict()
    assert rows[-1]["events_kept"] == table.num_rows
    assert rows[-1]["persons_kept"] == len(set(kept["person_id"]))
    assert rows[-1]["encounters_kept"] == len(set(kept["encounter_id"]) - {None})


def test_step_0_is_all_that_is_found_and_step_1_what_can_be_placed() -> None:
    chance = random.Random(4)
    days = [None, date(2020, 2, 29), date(2020, 3, 1), date(2017, 12, 31)]
    procedures = [
        {
            "person_id": chance.choice(["a", "b", "c", "nobody knows"]),
            "encounter_id": chance.choice([None, "1", "2"]),
            "event_id": str(number),
            "event_date": chance.choice(days),
            "vocabulary": chance.choice(["icd10pcs", "hcpcs"]),
            "code": chance.choice(["0SG00J1", "0SG10J1", "0SG50J1", "0DTJ4ZZ"]),
        }
        for number in range(60)
    ]
    tables = tables_of(read_patient(Section({"label": one}, "t"), 0) for one in "a")
    schemas = {name: RELATIONS[name].schema() for name in ("person", "procedure")}
    people = [{"person_id": one, "birth_date": date(1960, 1, 1)} for one in "abc"]
    tables["EHRKIT_PERSON"] = pa.Table.from_pylist(people, schemas["person"])
    tables["EHRKIT_PROCEDURE"] = pa.Table.from_pylist(procedures, schemas["procedure"])
    with open_memory(tables) as engine:
        counted = attrition(load_cohort("lumbar-fusion-ed-30d"), load_adapter("logical"), engine)
    found = {
        (one["person_id"], one["encounter_id"], one["event_date"])
        for one in procedures
        if one["vocabulary"] == "icd10pcs" and one["code"] in ("0SG00J1", "0SG10J1")
    }
    placed = {one for one in found if one[0] in "abc" and one[2] is not None}
    assert 0 < len(placed) < len(found)
    for step, expected in zip(counted.to_pylist(), (found, placed), strict=False):
        assert step["events_kept"] == len(expected)
        assert step["persons_kept"] == len({one[0] for one in expected})
        assert step["encounters_kept"] == len({one[1] for one in expected} - {None})
