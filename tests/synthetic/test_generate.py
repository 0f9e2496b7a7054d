"""Same seed, same site; bad wishes refused; nothing half-written."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.core.shapes import shape
from ehrkit.core.tables import open_table
from ehrkit.synthetic import generate as module
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec

SMALL = 150


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_site_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate(tmp_path / name, Spec(SMALL, seed))
    first, again, other = (contents(tmp_path / name) for name in "abc")
    assert first == again
    lists = (
        "CL_ICD_PX CLARITY_DRG CL_UB_REV_CODE EDG_CURRENT_ICD10 CLARITY_LOC "
        "CLARITY_MEDICATION RXNORM_CODES CLARITY_COMPONENT LNC_DB_MAIN OR_PROC "
        "IP_FLO_GP_DATA CL_QQUEST"
    )
    same = {Path(name).stem for name in first if first[name] == other.get(name)}
    numbered = set(shape("epic-clarity").categories)
    # Departments and kinds of identifier hold a number of the site each.
    assert same - numbered - {"CLARITY_DEP", "IDENTITY_ID_TYPE"} == set(lists.split())
    # Confirmed numbers are those of every site, the others a site's own.
    assert {"ZC_SEX", "ZC_PAT_CLASS", "ZC_OR_STATUS", "ZC_DISCH_DISP"} <= same
    assert not {"ZC_PATIENT_RACE", "ZC_ED_DISPOSITION", "ZC_STATE"} & same


@pytest.mark.parametrize("patients", [1, 2, 7])
def test_tiny_sites_work(tmp_path: Path, patients: int) -> None:
    made = generate(tmp_path / "out", Spec(patients, 3))
    assert made.truth_rows["persons"] == patients
    assert (tmp_path / "out" / "wearables" / "profiles.csv").is_file()


@pytest.mark.parametrize(("patients", "seed"), [(0, 1), (-5, 1), (10, -1), (10**9, 1)])
def test_impossible_sizes_are_refused(tmp_path: Path, patients: int, seed: int) -> None:
    with pytest.raises(UsageError):
        generate(tmp_path / "out", Spec(patients, seed))
    assert list(tmp_path.iterdir()) == []


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        Spec(10, 1, merged_records=1.2)
    with pytest.raises(UsageError, match="more than everybody"):
        Spec(10, 1, lumbar_fusion=0.9, cervical_fusion=0.2)


def test_an_occupied_folder_needs_force(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        generate(tmp_path, Spec(5, 1))
    assert (tmp_path / "keep.txt").read_text() == "mine"
    generate(tmp_path / "out", Spec(5, 1))
    generate(tmp_path / "out", Spec(6, 1), force=True)
    tests = pq.read_table(tmp_path / "out" / "clarity" / "PATIENT_3.parquet")
    assert tests["IS_TEST_PAT_YN"].null_count >= 6


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise EngineError("no space left on the disk")

    monkeypatch.setattr(module, "write_block", full)
    with pytest.raises(EngineError):
        generate(tmp_path / "out", Spec(5, 1))
    assert list(tmp_path.iterdir()) == []


def test_any_number_of_jobs_gives_the_same_bytes(tmp_path: Path) -> None:
    spec = Spec(700, 4, block=200)
    for jobs in (1, 2, 3):
        generate(tmp_path / str(jobs), spec, jobs=jobs)
    one, two, three = (contents(tmp_path / str(jobs)) for jobs in (1, 2, 3))
    assert one == two == three
    assert "clarity/PAT_ENC.parquet/part-00003.parquet" in one


def be_killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_is_an_engine_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "write_block", be_killed)
    with pytest.raises(EngineError, match=r"out: a process .* was killed"):
        generate(tmp_path / "out", Spec(300, 1, block=100), jobs=2)
    assert list(tmp_path.iterdir()) == []


def test_identifiers_of_different_blocks_are_different(tmp_path: Path) -> None:
    generate(tmp_path / "out", Spec(900, 4, block=100))
    clarity = shape("epic-clarity")
    for name, table in clarity.tables.items():
        rows = open_table(tmp_path / "out" / "clarity" / f"{name}.parquet").read_all()
        keys = rows.select(list(table.key)).group_by(list(table.key)).aggregate([])
        assert keys.num_rows == rows.num_rows, name


@pytest.mark.parametrize("jobs", [0, -1, 1000])
def test_impossible_jobs_are_refused(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(UsageError, match="1 to 64"):
        generate(tmp_path / "out", Spec(5, 1), jobs=jobs)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_shape_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="clarity"):
        generate(tmp_path / "out", Spec(5, 1), ["clarty"])


def test_files_are_for_their_owner_alone(site: Path) -> None:
    for path in site.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
