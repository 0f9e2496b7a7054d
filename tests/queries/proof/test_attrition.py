"""Attrition of every shipped cohort on the synthetic chart: nothing comes or goes unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ehrkit.queries.adapters import Adapter, load_adapter
from ehrkit.queries.attrition import UNITS, attrition
from ehrkit.queries.compiling.needs import relations_of
from ehrkit.queries.engines import Engine, open_engine
from ehrkit.queries.reading import library, load_cohort
from ehrkit.queries.relations import ADDED_RELATIONS
from ehrkit.queries.running import run_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec

ADAPTER: Adapter = load_adapter("epic-clarity")
# What needs a table of the user's own is tried on the demo, which has one.
NAMES = [name for name in library() if not relations_of(load_cohort(name)) & set(ADDED_RELATIONS)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(600, 11))
    with open_engine(str(folder / "clarity")) as found:
        yield found


@pytest.mark.parametrize("name", NAMES)
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


# Written by hand from the tables: what step 0 of the two simplest indexes has to hold.
FOUND = {
    "lumbar-fusion-ed-30d": "0SG[013].*",
    "cervical-fusion-readmission-90d": "0RG[0124].*",
}


@pytest.mark.parametrize("name", FOUND)
def test_step_0_is_all_that_is_found(engine: Engine, name: str) -> None:
    import duckdb

    folder = Path(engine.name)
    tables = {path.stem: path for path in folder.glob("*.parquet")}
    assert {"HSP_ACCT_PX_LIST", "CL_ICD_PX", "HSP_ACCOUNT"} <= set(tables)
    (expected,) = duckdb.sql(
        f"""
        SELECT COUNT(*) FROM (SELECT DISTINCT h.PAT_ID, h.PRIM_ENC_CSN_ID, x.PROC_DATE
        FROM '{tables["HSP_ACCT_PX_LIST"]}' x
        JOIN '{tables["CL_ICD_PX"]}' c ON c.ICD_PX_ID = x.FINAL_ICD_PX_ID
        JOIN '{tables["HSP_ACCOUNT"]}' h ON h.HSP_ACCOUNT_ID = x.HSP_ACCOUNT_ID
        WHERE regexp_full_match(c.REF_BILL_CODE, '{FOUND[name]}'))
        """
    ).fetchall()[0]
    first = attrition(load_cohort(name), ADAPTER, engine).to_pylist()[0]
    assert first["events_kept"] == expected
