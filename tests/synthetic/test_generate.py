"""Same seed, same site; bad wishes refused; nothing half-written."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.synthetic import generate as module
from ehrkit.synthetic.chart import make_chart
from ehrkit.synthetic.chart_file import write_chart
from ehrkit.synthetic.clarity_spec import categories
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec

SMALL = 150


def contents(folder: Path) -> dict[str, object]:
    """Every file but the database by its bytes, and every table by its rows."""
    found: dict[str, object] = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".duckdb"
    }
    with duckdb.connect(str(folder / "chart.duckdb"), read_only=True) as chart:
        for (table,) in chart.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            found[table] = chart.execute(f"SELECT * FROM {table}").fetchall()
    return found


def test_the_same_seed_gives_the_same_site_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate(tmp_path / name, SMALL, seed)
    first, again, other = (contents(tmp_path / name) for name in "abc")
    assert first == again
    fixed = {*categories(), "CLARITY_DEP", "CL_ICD_PX", "CLARITY_DRG", "CL_UB_REV_CODE",
             "CLARITY_EDG", "EDG_CURRENT_ICD10", "CLARITY_MEDICATION", "RXNORM_CODES",
             "CLARITY_COMPONENT", "LNC_DB_MAIN", "OR_PROC", "IDENTITY_ID_TYPE"}  # fmt: skip
    same = {name for name in first if first[name] == other.get(name)}
    assert same == fixed


@pytest.mark.parametrize("patients", [1, 2, 7])
def test_tiny_sites_work(tmp_path: Path, patients: int) -> None:
    made = generate(tmp_path / "out", patients, 3)
    assert made.truth_rows["persons"] == patients
    assert (tmp_path / "out" / "wearables" / "profiles.csv").is_file()


@pytest.mark.parametrize(("patients", "seed"), [(0, 1), (-5, 1), (10, -1), (10**9, 1)])
def test_impossible_sizes_are_refused(tmp_path: Path, patients: int, seed: int) -> None:
    with pytest.raises(UsageError):
        generate(tmp_path / "out", patients, seed)
    assert list(tmp_path.iterdir()) == []


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        Spec(10, 1, merged_records=1.2)
    with pytest.raises(UsageError, match="more than everybody"):
        Spec(10, 1, lumbar_fusion=0.9, cervical_fusion=0.2)


def test_an_occupied_folder_needs_force(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        generate(tmp_path, 5, 1)
    assert (tmp_path / "keep.txt").read_text() == "mine"
    generate(tmp_path / "out", 5, 1)
    generate(tmp_path / "out", 6, 1, force=True)
    with duckdb.connect(str(tmp_path / "out" / "chart.duckdb"), read_only=True) as chart:
        counted = chart.execute("SELECT count(*) FROM PATIENT_3 WHERE IS_TEST_PAT_YN IS NULL")
        assert counted.fetchone() >= (6,)


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise EngineError("no space left on the disk")

    monkeypatch.setattr(module, "planted", full)
    with pytest.raises(EngineError):
        generate(tmp_path / "out", 5, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_written_is_an_engine_error(tmp_path: Path) -> None:
    chart = make_chart(Spec(3, 1))
    with pytest.raises(EngineError, match="could not be written") as caught:
        write_chart(tmp_path / "missing" / "chart.duckdb", chart.tables)
    assert caught.value.__suppress_context__


def test_files_are_for_their_owner_alone(site: Path) -> None:
    for path in site.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
