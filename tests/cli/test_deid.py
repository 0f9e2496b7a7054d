"""`ehrkit deid`: each verb as a person or a pipe would call it, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from ehrkit.core.tables import open_table
from tests.conftest import Ehrkit

SENTINEL = "Zyzzogeton"
ROWS = 60
HEADER = "device_user_id,first_name,birth_date,sex,zip,email,steps,note"
POLICY = """
standard = "expert"
approved_by = "the board"
last_year = 2024
[table.profiles.columns]
device_user_id = { pseudonym = "device" }
first_name = "drop"
birth_date = { shift = "device_user_id" }
sex = "keep"
zip = "zip3"
email = "drop"
steps = "keep"
note = { scrub = { known = ["first_name"] } }
"""


@pytest.fixture
def folder(tmp_path: Path, ehrkit: Ehrkit) -> Path:
    """A folder with an export, a policy and a key."""
    rows = [
        f"{SENTINEL}{n},{SENTINEL},19{50 + n % 40}-03-04,{'fm'[n % 2]},02138,"
        f"{SENTINEL}{n}@example.org,{n * 100},{SENTINEL} walks L4-L5"
        for n in range(ROWS)
    ]
    (tmp_path / "profiles.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    (tmp_path / "policy.toml").write_text(POLICY)
    ehrkit("key", "new", "project.key")
    return tmp_path


APPLY = ("deid", "apply", "--policy", "policy.toml", "--key-file", "project.key")


def rows_of(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode())))


def test_scan_drafts_a_policy_that_check_and_apply_accept(folder: Path, ehrkit: Ehrkit) -> None:
    drafted = ehrkit("deid", "scan", "profiles.csv").stdout
    assert SENTINEL.encode() not in drafted
    (folder / "drafted.toml").write_bytes(drafted)
    checked = ehrkit("deid", "check", "drafted.toml", "profiles.csv")
    assert b"claims limited, meets limited" in checked.stderr
    done = ehrkit("deid", "apply", "--policy", "drafted.toml", "--key-file", "project.key",
                  "profiles.csv").stdout  # fmt: skip
    assert SENTINEL.encode() not in done
    assert len(rows_of(done)) == ROWS


def test_scan_shows_the_classes(folder: Path, ehrkit: Ehrkit) -> None:
    shown = rows_of(ehrkit("deid", "scan", "--columns", "profiles.csv").stdout)
    assert {row["column"]: row["phi"] for row in shown} == {
        "device_user_id": "R", "first_name": "A", "birth_date": "C", "sex": "quasi", "zip": "B",
        "email": "F", "steps": "none", "note": "free-text",
    }  # fmt: skip


def test_apply_goes_through_a_pipe(folder: Path, ehrkit: Ehrkit) -> None:
    given = (folder / "profiles.csv").read_bytes()
    done = ehrkit(*APPLY, stdin=given)
    rows = rows_of(done.stdout)
    assert list(rows[0]) == ["device_user_id", "birth_date", "sex", "zip", "steps", "note"]
    assert rows[0]["note"] == "[NAME] walks L4-L5"
    assert {row["zip"] for row in rows} == {"021"}
    assert SENTINEL.encode() not in done.stdout + done.stderr
    assert ehrkit(*APPLY, "profiles.csv").stdout == done.stdout


def test_apply_writes_a_folder_that_audit_verifies(folder: Path, ehrkit: Ehrkit) -> None:
    ehrkit(*APPLY, "--out-dir", "released", "profiles.csv")
    ehrkit("audit", "verify", "released", "--public-key", "project.key.pub")
    released = folder / "released" / "profiles.csv"
    assert released.stat().st_mode & 0o777 == 0o600
    released.write_bytes(released.read_bytes() + b"\n")
    ehrkit("audit", "verify", "released", "--public-key", "project.key.pub", exit_code=5)


def test_there_is_a_way_back_with_a_crosswalk_and_the_key(folder: Path, ehrkit: Ehrkit) -> None:
    ehrkit(*APPLY, "--out-dir", "released", "--crosswalk", "walk.bin", "profiles.csv")
    back = ehrkit("deid", "reidentify", "released/profiles.csv", "--crosswalk", "walk.bin",
                  "--key-file", "project.key", "--column", "device_user_id",
                  "--purpose", "device")  # fmt: skip
    assert [r["device_user_id"] for r in rows_of(back.stdout)] == [
        f"{SENTINEL}{n}" for n in range(ROWS)
    ]


def test_quarantine_lists_rows_and_no_values(folder: Path, ehrkit: Ehrkit) -> None:
    (folder / "policy.toml").write_text('on_bad = "quarantine"\n' + POLICY)
    text = (folder / "profiles.csv").read_text().replace("1953-03-04", f"{SENTINEL}-day", 1)
    (folder / "profiles.csv").write_text(text)
    done = ehrkit(*APPLY, "--out-dir", "out", "--quarantine", "left.csv", "profiles.csv")
    assert b"1 quarantined" in done.stderr
    left = (folder / "left.csv").read_text()
    assert left.splitlines() == ["table,row,column", "profiles,4,birth_date"]


REFUSALS = [
    ('steps = "keep"\n', "", 4, "steps"),
    ('steps = "keep"\n', 'steps = "keep"\nstepz = "keep"\n', 3, "stepz"),
    ('sex = "keep"', 'sex = "kepe"', 3, "Did you mean keep?"),
    ('"expert"', '"safe-harbor"', 4, "birth_date"),
    ('email = "drop"', 'email = "keep"', 4, "email"),
    ("[table.profiles", "[table.profile", 3, "Did you mean profile?"),
]


@pytest.mark.parametrize(("old", "new", "exit_code", "says"), REFUSALS)
def test_a_policy_that_does_not_fit_is_refused_without_output(
    folder: Path, ehrkit: Ehrkit, old: str, new: str, exit_code: int, says: str
) -> None:
    assert old in POLICY
    (folder / "policy.toml").write_text(POLICY.replace(old, new, 1))
    done = ehrkit(*APPLY, "--out-dir", "out", "profiles.csv", exit_code=exit_code)
    assert says in done.stderr.decode()
    assert SENTINEL not in done.stderr.decode()
    assert not (folder / "out").exists()
    assert not [path for path in folder.iterdir() if "partial" in path.name]


@pytest.mark.parametrize(
    ("old", "new"),
    [("1953-03-04", f"{SENTINEL}-day"), (",02138,", f",{SENTINEL},"), (",300,", ",617-555-0100,"),
     (f"\n{SENTINEL}5,", "\n,")],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_refused_and_never_shown(
    folder: Path, ehrkit: Ehrkit, old: str, new: str
) -> None:
    text = (folder / "profiles.csv").read_text()
    assert old in text
    (folder / "profiles.csv").write_text(text.replace(old, new, 1))
    done = ehrkit(*APPLY, "--out-dir", "out", "profiles.csv", exit_code=3)
    message = done.stderr.decode()
    assert "row " in message
    assert not any(value in message for value in (SENTINEL, "617", "02138", "1953"))
    assert not (folder / "out").exists()


def test_an_open_key_file_is_refused(folder: Path, ehrkit: Ehrkit) -> None:
    (folder / "project.key").chmod(0o644)
    done = ehrkit(*APPLY, "--out-dir", "out", "profiles.csv", exit_code=4)
    assert b"0644" in done.stderr
    assert not (folder / "out").exists()


def test_options_that_clash_are_usage_errors(folder: Path, ehrkit: Ehrkit) -> None:
    ehrkit(*APPLY, "profiles.csv", "profiles.csv", exit_code=2)
    ehrkit(*APPLY, "--out-dir", "out", exit_code=2)
    ehrkit(*APPLY, "--out-dir", "out", "-o", "x.csv", "profiles.csv", exit_code=2)
    ehrkit(*APPLY, "--out-dir", "out", "--table", "profiles", "missing.csv", exit_code=2)


def test_check_shows_every_line_and_why_a_claim_fails(folder: Path, ehrkit: Ehrkit) -> None:
    shown = rows_of(ehrkit("deid", "check", "policy.toml", "profiles.csv").stdout)
    assert {row["column"]: row["meets"] for row in shown}["birth_date"] == "limited"
    (folder / "policy.toml").write_text(POLICY.replace('"expert"', '"limited"'))
    done = ehrkit("deid", "check", "policy.toml", exit_code=4)
    assert b"note" in done.stderr
    assert len(rows_of(done.stdout)) == 8


def test_risk_before_and_after(folder: Path, ehrkit: Ehrkit) -> None:
    ehrkit(*APPLY, "profiles.csv", "-o", "released.parquet")
    done = ehrkit("deid", "risk", "profiles.csv", "--quasi", "sex,zip", "--after",
                  "released.parquet", "--to", "ndjson")  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    figures = {(r["stage"], r["measure"]): r["value"] for r in rows}
    assert figures["before", "k"] == figures["after", "k"] == ROWS / 2
    histogram = ehrkit("deid", "risk", "profiles.csv", "--quasi", "sex,birth_date", "--histogram")
    assert sum(int(r["records"]) for r in rows_of(histogram.stdout)) == ROWS
    ehrkit("deid", "risk", "profiles.csv", "--quasi", "sexx", exit_code=2)


def test_scrub_passes_other_columns_on(folder: Path, ehrkit: Ehrkit) -> None:
    done = ehrkit("deid", "scrub", "profiles.csv", "--column", "note", "--known", "first_name",
                  "-o", "clean.parquet")  # fmt: skip
    assert f"{ROWS} KNOWN" in done.stderr.decode()
    clean = open_table(folder / "clean.parquet").read_all()
    assert set(clean["note"].to_pylist()) == {"[NAME] walks L4-L5"}
    assert clean.num_columns == 8


@pytest.mark.parametrize("verb", ["scan", "check", "apply", "risk", "scrub", "reidentify"])
def test_each_verb_has_help_with_an_example(ehrkit: Ehrkit, verb: str) -> None:
    shown = ehrkit("deid", verb, "--help").stdout.decode()
    assert f"ehrkit deid {verb}" in shown
