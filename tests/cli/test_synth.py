"""`ehrkit synth` through the command line."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.conftest import Ehrkit


def test_a_site_is_made_and_told_about(ehrkit: Ehrkit, tmp_path: Path) -> None:
    done = ehrkit("synth", "site", "--patients", 30, "--seed", 2)
    assert done.stdout == b""
    assert b"30 patients" in done.stderr
    assert {path.name for path in (tmp_path / "site").iterdir()} == {
        "clarity", "truth", "wearables",
    }  # fmt: skip


def test_an_occupied_folder_is_refused_without_force(ehrkit: Ehrkit, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine.txt").write_text("mine")
    refused = ehrkit("synth", "site", "--patients", 5, exit_code=2)
    assert b"--force" in refused.stderr
    assert (tmp_path / "site" / "mine.txt").read_text() == "mine"
    ehrkit("--quiet", "synth", "site", "--patients", 5, "--force")
    assert not (tmp_path / "site" / "mine.txt").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--patients", 0), ("--jobs", 0), ("--jobs", 65), ("--seed", -1), ("--device-users", -1)],
)
def test_an_impossible_number_is_a_usage_error(
    ehrkit: Ehrkit, tmp_path: Path, option: str, value: int
) -> None:
    refused = ehrkit("synth", "site", option, value, exit_code=2)
    assert option.encode() in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_shape_is_written_and_its_times_make_sense(ehrkit: Ehrkit, tmp_path: Path) -> None:
    shapes = ("clarity", "omop", "cerner")
    asked = (word for shape in shapes for word in ("--shape", shape))
    ehrkit("synth", "site", "--patients", 40, "--seed", 3, *asked)
    checks = ehrkit("synth", "check", "site").stdout.decode().splitlines()
    assert {line.split(",")[0] for line in checks[1:]} == set(shapes)
    assert len(checks) > 200
    assert all(line.endswith("true") for line in checks[1:])


def test_a_time_that_makes_no_sense_ends_with_5(ehrkit: Ehrkit, tmp_path: Path) -> None:
    ehrkit("synth", "site", "--patients", 40, "--device-users", 0, "--no-notes")
    path = tmp_path / "site" / "clarity" / "OR_LOG.parquet"
    table = pq.read_table(path)
    place = table.column_names.index("SURGERY_DATE")
    days = pc.subtract(table["SURGERY_DATE"], pa.scalar(timedelta(days=40_000)))
    pq.write_table(table.set_column(place, "SURGERY_DATE", days), path)
    broken = ehrkit("synth", "check", "site", exit_code=5)
    assert b"checks fail beyond what was planted" in broken.stderr
    assert b"OR_LOG,SURGERY_DATE" in broken.stdout


def test_figures_outside_their_bands_end_with_5(ehrkit: Ehrkit, tmp_path: Path) -> None:
    """A hundred patients cannot have what is published of tens of thousands."""
    ehrkit("synth", "site", "--patients", 100, "--device-users", 0, "--no-notes")
    path = tmp_path / "site" / "clarity" / "PAT_ENC.parquet"
    table = pq.read_table(path)
    place = table.column_names.index("APPT_STATUS_C")
    none = pa.nulls(table.num_rows, table.schema.field(place).type)
    pq.write_table(table.set_column(place, table.schema.field(place), none), path)
    missed = ehrkit("synth", "realism", "site", exit_code=5)
    assert b"outside their bands" in missed.stderr
    assert b"Appointment status NULL" in missed.stdout


def test_planted_trouble_stands_beside_its_stated_rates(ehrkit: Ehrkit, tmp_path: Path) -> None:
    ehrkit("synth", "site", "--patients", 300, "--device-users", 20, "--no-notes")
    rates = ehrkit("synth", "rates", "site").stdout.decode().splitlines()
    assert rates[0] == "kind,rate,of,possible,expected,planted,within"
    assert len(rates) > 40
    refused = ehrkit("synth", "rates", ".", exit_code=2)
    assert b"clarity shape" in refused.stderr


def test_minutes_are_written_on_request(ehrkit: Ehrkit, tmp_path: Path) -> None:
    ehrkit("synth", "site", "--patients", 100, "--device-users", 3, "--no-notes", "--minutes")
    assert pq.read_metadata(tmp_path / "site" / "truth" / "wear_minutes.parquet").num_rows > 1440


def test_a_misspelt_verb_makes_no_folder(ehrkit: Ehrkit, tmp_path: Path) -> None:
    refused = ehrkit("synth", "chek", exit_code=2)
    assert b"'check'" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, jobs: int) -> None:
    def narrow() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    made = [sys.executable, "-m", "ehrkit.cli", "synth", "site", "--patients", "20001"]
    done = subprocess.run(
        [*made, "--no-notes", "--device-users", "0", "--jobs", str(jobs)],
        cwd=tmp_path, preexec_fn=narrow, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 6
    assert b"site: the file would be larger" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_shows_an_example(ehrkit: Ehrkit) -> None:
    assert b"ehrkit synth" in ehrkit("synth", "--help").stdout
