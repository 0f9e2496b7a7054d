"""`ehrkit wear` as a shell would call it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ehrkit.core.columns import phi_of
from tests.conftest import Ehrkit

ANCHORS = b"person_id,index_date,death_date\nP1,2026-03-10,\nP2,2026-03-10,2026-03-12\nP3,,\n"
CROSSWALK = b"person_id,device_user_id,probability\nP1,u-1,0.99\nP1,u-2,0.98\n"


def civil(day: int) -> dict[str, Any]:
    return {"date": {"year": 2026, "month": 3, "day": day}}


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """One Google user from the 1st to the 16th; one Fitbit user of the same person before that."""
    google = tmp_path / "google-health"
    google.mkdir()
    points = [
        {
            "civilStartTime": civil(day),
            "civilEndTime": civil(day + 1),
            "steps": {"countSum": "4000"},
        }
        for day in range(1, 17)
    ]
    (google / "u-1.json").write_text(json.dumps({"rollupDataPoints": points}))
    fitbit = tmp_path / "fitbit" / "u-2"
    fitbit.mkdir(parents=True)
    series = [{"dateTime": f"2026-02-{day}", "value": "5000"} for day in range(10, 29)]
    (fitbit / "steps.json").write_text(json.dumps({"activities-steps": series}))
    (tmp_path / "anchors.csv").write_bytes(ANCHORS)
    (tmp_path / "crosswalk.csv").write_bytes(CROSSWALK)
    return tmp_path


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_way_from_exports_to_windows(ehrkit: Ehrkit, exports: Path) -> None:
    ehrkit("wear", "ingest", "google-health", "--vendor", "google-health", "-o", "google.parquet")
    ehrkit("wear", "ingest", "fitbit", "--vendor", "fitbit", "-o", "fitbit.parquet")
    done = ehrkit(
        "wear",
        "daily",
        "google.parquet",
        "fitbit.parquet",
        "--crosswalk",
        "crosswalk.csv",
        "-o",
        "daily.parquet",
    )
    assert b"two meanings of zero" in done.stderr
    assert all(phi_of(column) for column in pq.read_schema(exports / "daily.parquet"))
    done = ehrkit(
        "wear",
        "align",
        "daily.parquet",
        "--anchors",
        "anchors.csv",
        "--anchor",
        "index_date",
        "--censor",
        "death_date",
        "--data-cut",
        "2026-03-16",
        "--window",
        "baseline=-28:-3",
        "--window",
        "week1=1:7",
    )
    assert b"left out: 1" in done.stderr
    found = {(row["person_id"], row["window"]): row for row in rows_of(done.stdout)}
    week = found["P1", "week1"]
    assert (week["n_expected"], week["n_recorded"], week["n_valid"]) == ("6", "6", "5")
    assert week["coverage"] == str(5 / 6)
    assert week["spliced"] == "true"
    assert float(week["percent_of_baseline"]) == pytest.approx(
        100 * 4000 / ((18 * 5000 + 7 * 4000) / 25)
    )
    assert (found["P2", "week1"]["n_expected"], found["P2", "week1"]["coverage"]) == ("2", "0")
    assert found["P2", "week2"]["coverage"] == ""


def test_records_and_days_pass_through_pipes_as_text(ehrkit: Ehrkit, exports: Path) -> None:
    records = ehrkit("wear", "ingest", "google-health/u-1.json", "--vendor", "google-health").stdout
    daily = ehrkit("wear", "daily", stdin=records).stdout
    assert [row["reason"] for row in rows_of(daily)] == ["valid"] * 15 + ["partial"]
    anchors = b"device_user_id,day\nu-1,2026-03-10\n"
    (exports / "own.csv").write_bytes(anchors)
    windows = ehrkit(
        "wear",
        "align",
        "--anchors",
        "own.csv",
        "--anchor",
        "day",
        "--person",
        "device_user_id",
        stdin=daily,
    ).stdout
    pre = next(row for row in rows_of(windows) if row["window"] == "pre")
    assert (pre["n_expected"], pre["n_valid"], pre["steps_mean"]) == ("14", "9", "4000")


def test_trajectory_and_time_to_recovery(ehrkit: Ehrkit, exports: Path) -> None:
    records = ehrkit("wear", "ingest", "google-health", "--vendor", "google-health").stdout
    daily = ehrkit("wear", "daily", "--crosswalk", "crosswalk.csv", stdin=records).stdout
    options = (
        "--anchors",
        "anchors.csv",
        "--anchor",
        "index_date",
        "--window",
        "baseline=-9:-1",
        "--horizon",
        "14",
    )
    weeks = rows_of(ehrkit("wear", "trajectory", *options, stdin=daily).stdout)
    shown = [(row["person_id"], row["window"], row["percent_of_baseline"]) for row in weeks]
    assert shown[:3] == [("P1", "baseline", "100"), ("P1", "week1", "100"), ("P1", "week2", "")]
    times = rows_of(ehrkit("wear", "trajectory", *options, "--time-to", "90", stdin=daily).stdout)
    assert [(row["status"], row["day"]) for row in times] == [("reached", "1"), ("no-baseline", "")]


def test_who_wears(ehrkit: Ehrkit, exports: Path) -> None:
    (exports / "cohort.csv").write_text("person_id,age,sex\nP1,50,male\nP2,70,female\n")
    found = rows_of(ehrkit("wear", "who", "cohort.csv", "crosswalk.csv").stdout)
    age = next(row for row in found if (row["characteristic"], row["level"]) == ("age", "mean"))
    assert (age["wearers"], age["others"]) == ("50", "70")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (("ingest", "nowhere", "--vendor", "fitbit"), 2, b"no such file"),
        (("ingest", "google-health", "--vendor", "gogle-health"), 2, b"Did you mean"),
        (("ingest", "google-health", "--vendor", "fitbit"), 3, b"no payload"),
        (("daily", "anchors.csv"), 3, b"no column device_user_id"),
        (("daily", "anchors.csv", "--min-wear-hours", "30"), 2, b"hours of wear"),
        (
            ("align", "anchors.csv", "--anchors", "anchors.csv", "--anchor", "index_dat"),
            2,
            b"index_date",
        ),
        (
            ("align", "anchors.csv", "--anchors", "anchors.csv", "--anchor", "index_date"),
            3,
            b"date",
        ),
        (
            (
                "align",
                "x.csv",
                "--anchors",
                "anchors.csv",
                "--anchor",
                "index_date",
                "--window",
                "w=1",
            ),
            2,
            b"name=first:last",
        ),
    ],
)
def test_wrong_calls_and_bad_input_leave_one_message_and_no_output(
    ehrkit: Ehrkit, exports: Path, arguments: tuple[str, ...], exit_code: int, message: bytes
) -> None:
    done = ehrkit("wear", *arguments, "-o", "out.parquet", exit_code=exit_code)
    assert message in done.stderr
    assert b"Traceback" not in done.stderr
    assert not list(exports.glob("*out.parquet*"))
    assert done.stdout == b""
