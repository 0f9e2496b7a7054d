"""`ehrkit audit`: a privacy officer with the folder and the public key, and nothing else."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest

from ehrkit.core.keys import ProjectKey
from ehrkit.core.records import Run, append_record
from tests.conftest import Ehrkit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    key = ProjectKey(bytes(32))
    (tmp_path / "key.pub").write_bytes(key.public_pem())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cohort.csv").write_text("a\n1\n")
    run = Run("deid apply", dt.datetime.now(dt.UTC), (), {tmp_path / "out" / "cohort.csv": 1})
    append_record(tmp_path / "out", run, key)
    return tmp_path / "out"


def test_verify_says_yes_with_the_head(ehrkit: Ehrkit, folder: Path) -> None:
    done = ehrkit("audit", "verify", folder, "--public-key", "key.pub")
    assert done.stdout.startswith(b"verified: 1 files, 1 records, head ")


def test_verify_says_no_and_names_the_file(ehrkit: Ehrkit, folder: Path) -> None:
    (folder / "cohort.csv").write_text("a\n2\n")
    done = ehrkit("audit", "verify", folder, "--public-key", "key.pub", exit_code=5)
    assert b"cohort.csv: differs from what its record says" in done.stderr
    assert done.stdout == b""


def test_show_prints_the_record(ehrkit: Ehrkit, folder: Path) -> None:
    shown = json.loads(ehrkit("audit", "show", folder).stdout)
    assert shown["predicate"]["command"] == "deid apply"
    assert b"there are 1 records" in ehrkit("audit", "show", folder, 2, exit_code=2).stderr


def test_log_lists_the_records(ehrkit: Ehrkit, folder: Path) -> None:
    (row,) = csv.DictReader(io.StringIO(ehrkit("audit", "log", folder).stdout.decode()))
    assert (row["sequence"], row["command"]) == ("1", "deid apply")
