"""Time makes sense in a written site, and a site where it does not is caught."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.quality.temporal import check_times
from ehrkit.synthetic.spec import Spec


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("temporal") / "site"
    generate(folder, Spec(400, 3, notes=False))
    return folder


def failing(folder: Path) -> list[dict[str, Any]]:
    return [row for row in check_times(folder).to_pylist() if not row["passed"]]


def spoil(folder: Path, table: str, change: str) -> None:
    """Rewrite one table with some values replaced: `change` is the list of REPLACE."""
    path = folder / "clarity" / f"{table}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows AS FROM read_parquet('{path}')")
        path.unlink()
        connection.execute(f"COPY (SELECT * REPLACE ({change}) FROM rows) TO '{path}'")


def test_nothing_fails_beyond_what_was_planted(site: Path) -> None:
    checks = check_times(site).to_pylist()
    assert len(checks) > 60
    assert {row["check"] for row in checks} >= {
        "not before birth", "not after death", "inside its encounter",
    }  # fmt: skip
    assert [row for row in checks if not row["passed"]] == []


SPOILED = [
    ("PAT_ENC_HSP", "HOSP_ADMSN_TIME - INTERVAL 1 MINUTE AS HOSP_DISCH_TIME",
     "not before HOSP_ADMSN_TIME", "HOSP_DISCH_TIME"),
    ("PAT_ENC", "TIMESTAMP '1890-01-01' AS CONTACT_DATE", "not before birth", "CONTACT_DATE"),
    ("OR_LOG", "TIMESTAMP '2190-01-01' AS SURGERY_DATE", "not after death", "SURGERY_DATE"),
    ("CLARITY_ADT", "EFFECTIVE_TIME + INTERVAL 3 YEAR AS EFFECTIVE_TIME",
     "inside its encounter", "EFFECTIVE_TIME"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "change", "check", "column"), SPOILED)
def test_a_spoiled_table_fails_its_check(
    small: Path, tmp_path: Path, table: str, change: str, check: str, column: str
) -> None:
    folder = tmp_path / "site"
    shutil.copytree(small, folder)
    assert failing(folder) == []
    spoil(folder, table, change)
    caught = [(row["table"], row["check"], row["column"]) for row in failing(folder)]
    assert (table, check, column) in caught


def test_a_failure_that_the_answer_key_names_passes(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(small, folder)
    spoil(folder, "PAT_ENC", "TIMESTAMP '1890-01-01' AS CONTACT_DATE")
    planted = folder / "truth" / "planted.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE planted AS FROM read_parquet('{planted}')")
        connection.execute(
            "INSERT INTO planted SELECT 'x', 'clarity.PAT_ENC', CAST(PAT_ENC_CSN_ID AS VARCHAR) "
            f"FROM read_parquet('{folder}/clarity/PAT_ENC.parquet')"
        )
        planted.unlink()
        connection.execute(f"COPY planted TO '{planted}'")
    assert failing(folder) == []


def test_what_is_no_site_is_refused(tmp_path: Path, small: Path) -> None:
    with pytest.raises(UsageError, match="not a synthetic site"):
        check_times(tmp_path)
    shutil.copytree(small, tmp_path / "site")
    (tmp_path / "site" / "clarity" / "OR_LOG.parquet").write_bytes(b"PAR1 cut")
    with pytest.raises(EngineError, match="cannot be read"):
        check_times(tmp_path / "site")
