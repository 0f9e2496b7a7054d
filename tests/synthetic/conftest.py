"""One synthetic site, made once: a chart to query, device exports, an answer key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.projectors import PROJECTORS
from ehrkit.synthetic.spec import Spec

PATIENTS, SEED = 2000, 7
# The record that each patient record stands for, through chains of merges.
SURVIVORS = """
    CREATE TEMP TABLE survivor AS WITH RECURSIVE step AS (
      SELECT PAT_ID, PAT_ID AS person_id FROM PATIENT
      UNION ALL
      SELECT s.PAT_ID, m.PAT_ID FROM step AS s
      JOIN PAT_MERGE_HISTORY AS m ON m.PATIENT_MRG_HIST = s.person_id)
    SELECT PAT_ID, person_id FROM step
    WHERE person_id NOT IN (SELECT PATIENT_MRG_HIST FROM PAT_MERGE_HISTORY)
"""
PROFILED = ("first_name", "last_name", "birth_date", "sex", "zip", "address", "phone", "email")
# What the chart says of each patient, in the order of PROFILED and as device profiles write it.
CHART = """
    SELECT PAT_ID, PAT_FIRST_NAME, PAT_LAST_NAME, strftime(BIRTH_DATE, '%Y-%m-%d'),
           lower(z.NAME), substr(ZIP, 1, 5), ADD_LINE_1, HOME_PHONE, EMAIL_ADDRESS
    FROM PATIENT LEFT JOIN ZC_SEX AS z ON z.RCPT_MEM_SEX_C = SEX_C
"""
Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(PATIENTS, SEED), tuple(PROJECTORS))
    return folder


@pytest.fixture(scope="session")
def query(site: Path) -> Iterator[Query]:
    """Run hand-written SQL on the charts; tables of the answer key are views truth_<name>.

    Each shape is a schema (omop.person); Clarity tables need no name before theirs.
    """
    with duckdb.connect() as connection:
        for shape in PROJECTORS:
            connection.execute(f"CREATE SCHEMA {shape}")
        for prefix, folder in (*((f"{s}.", s) for s in PROJECTORS), ("truth_", "truth")):
            for path in (site / folder).glob("*.parquet"):
                name = f"{prefix}{path.stem}"
                connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")
        connection.execute("SET search_path = 'main,clarity'")
        connection.execute(SURVIVORS)
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


@pytest.fixture(scope="session")
def planted(query: Query) -> Callable[[str], set[str]]:
    """The keys that were planted in the Clarity tables under a kind."""

    def keys(kind: str) -> set[str]:
        found = query(
            "SELECT key FROM truth_planted WHERE kind = ? AND \"table\" LIKE 'clarity.%'", kind
        )
        assert found, f"nothing was planted under {kind}"
        return {str(row[0]) for row in found}

    return keys


@pytest.fixture(scope="session")
def charted(query: Query) -> dict[str, dict[str, Any]]:
    """By PAT_ID: what the chart says in each field of a device profile."""
    return {row[0]: dict(zip(PROFILED, row[1:], strict=True)) for row in query(CHART)}
