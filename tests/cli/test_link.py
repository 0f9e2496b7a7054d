"""`ehrkit link`: from two tables of people to a crosswalk and its figures, as shell commands."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from benchmarks.linkage_people import two_sides
from ehrkit.core.keys import ProjectKey, write_key
from tests.conftest import Ehrkit

SENTINEL = "Zyxwvut-Sentinel"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    left, right, truth = two_sides(300, 200, 120, seed=2)
    left = left.rename_columns(["patient", "PAT_FIRST", *left.schema.names[2:]])
    for name, table in (("left", left), ("right", right), ("truth", truth)):
        pacsv.write_csv(table, tmp_path / f"{name}.csv")
    write_key(ProjectKey(bytes(range(32))), tmp_path / "k.key")
    return tmp_path


KEY = ("--key-file", "k.key")


def encode_both(ehrkit: Ehrkit) -> None:
    ehrkit("link", "encode", "left.csv", "--id", "patient", "--field", "first_name=PAT_FIRST",
           *KEY, "-o", "left.parquet")  # fmt: skip
    ehrkit("link", "encode", "right.csv", "--id", "member", *KEY, "-o", "right.parquet")


def rows(output: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output.decode())))


def test_the_path_from_people_to_figures(ehrkit: Ehrkit, people: Path) -> None:
    encode_both(ehrkit)
    said = ehrkit("link", "match", "left.parquet", "right.parquet", "-o", "m.parquet").stderr
    assert b"links of" in said
    ehrkit("link", "resolve", "m.parquet", "--left", "left.csv", "--right", "right.csv", *KEY,
           "-o", "crosswalk.csv")  # fmt: skip
    figures = rows(ehrkit("link", "evaluate", "crosswalk.csv", "--truth", "truth.csv").stdout)
    assert float(figures[0]["f1"]) > 0.95
    assert figures[0]["true_pairs"] == "120"
    with (people / "truth.csv").open("a") as truth:
        truth.write('"P-absent","M-absent"\n')
    failed = ehrkit("link", "evaluate", "crosswalk.csv", "--truth", "truth.csv",
                    "--min-recall", "1", "--min-precision", "1", exit_code=5)  # fmt: skip
    assert b"below the required" in failed.stderr


def test_people_come_from_a_pipe_and_leave_by_one(ehrkit: Ehrkit, people: Path) -> None:
    piped = ehrkit("link", "encode", "--id", "member", *KEY, "--to", "arrow",
                   stdin=(people / "right.csv").read_bytes()).stdout  # fmt: skip
    (people / "right.arrow").write_bytes(piped)
    shown = rows(ehrkit("link", "inspect", "right.arrow").stdout)
    assert {row["token"] for row in shown} >= {"first_name", "block_names"}
    assert float(next(r for r in shown if r["token"] == "email")["unique_share"]) > 0.9


def test_block_reports_keys_and_recall(ehrkit: Ehrkit, people: Path) -> None:
    encode_both(ehrkit)
    plain = rows(ehrkit("link", "block", "left.parquet", "right.parquet").stdout)
    assert plain[-1]["key"] == "all keys"
    assert plain[-1]["recall"] == ""
    known = rows(ehrkit("link", "block", "left.parquet", "right.parquet", "--truth", "truth.csv",
                        *KEY).stdout)  # fmt: skip
    assert float(known[-1]["recall"]) > 0.95
    refused = ehrkit("link", "block", "left.parquet", "right.parquet", "--truth", "truth.csv",
                     exit_code=2)  # fmt: skip
    assert b"--key-file" in refused.stderr


def test_ids_link_exactly(ehrkit: Ehrkit, people: Path) -> None:
    (people / "a.csv").write_text("person,study\np1,S-1\np2,S-2\n")
    (people / "b.csv").write_text("device,study\nd1,s1\nd2,s1\nd3,s9\n")
    done = ehrkit("link", "ids", "a.csv", "b.csv", "--on", "study", "--left-id", "person",
                  "--right-id", "device", *KEY)  # fmt: skip
    assert [(row["person"], row["device"]) for row in rows(done.stdout)] == [
        ("p1", "d1"),
        ("p1", "d2"),
    ]
    assert b"2 links" in done.stderr


def test_sides_of_two_keys_are_refused_by_fingerprint(ehrkit: Ehrkit, people: Path) -> None:
    encode_both(ehrkit)
    other = ProjectKey(bytes(32))
    write_key(other, people / "other.key")
    ehrkit("link", "encode", "right.csv", "--id", "member", "--key-file", "other.key",
           "-o", "right.parquet")  # fmt: skip
    refused = ehrkit("link", "match", "left.parquet", "right.parquet", "-o", "m.parquet",
                     exit_code=4)  # fmt: skip
    assert other.fingerprint("link").encode() in refused.stderr
    assert ProjectKey(bytes(range(32))).fingerprint("link").encode() in refused.stderr
    assert not (people / "m.parquet").exists()


@pytest.mark.parametrize(
    ("content", "arguments", "code", "message"),
    [
        (f"id,zip,sex\n{SENTINEL},1,f\n{SENTINEL},2,m\n", (), 3, b"repeat an id"),
        (f"id,zip,sex\n,{SENTINEL},f\n", (), 3, b"no id"),
        (f"id,zip,note\na,{SENTINEL},x\n", (), 3, b"at least two identifier fields"),
        ("id,zip,sex\na,1,f\n", ("--field", "zipp=zip"), 2, b"Did you mean zip?"),
        ("id,zip,sex\na,1,f\n", ("--field", "zip"), 2, b"FIELD=COLUMN"),
        ("id,zip,sex\na,1,f\n", ("--field", "zip=ZIPP"), 3, b"no such column"),
        ("patid,zip,sex\na,1,f\n", (), 3, b"no such column"),
    ],
)
def test_bad_input_is_named_and_never_quoted(
    ehrkit: Ehrkit,
    people: Path,
    content: str,
    arguments: tuple[str, ...],
    code: int,
    message: bytes,
) -> None:
    (people / "bad.csv").write_text(content)
    done = ehrkit("link", "encode", "bad.csv", "--id", "id", *arguments, *KEY, "-o", "x.parquet",
                  exit_code=code)  # fmt: skip
    assert message in done.stderr
    assert SENTINEL.encode() not in done.stderr
    assert not (people / "x.parquet").exists()


def test_an_encoded_file_that_lost_its_header_is_refused(ehrkit: Ehrkit, people: Path) -> None:
    encode_both(ehrkit)
    ehrkit("convert", "left.parquet", "-o", "left2.csv")
    done = ehrkit("link", "match", "left2.csv", "right.parquet", exit_code=3)
    assert b"CSV loses the header" in done.stderr


def test_encoded_files_hold_no_clear_name(ehrkit: Ehrkit, people: Path) -> None:
    table = pacsv.read_csv(people / "right.csv")
    spiked = table.set_column(2, "last_name", pa.array([SENTINEL] * table.num_rows))
    pacsv.write_csv(spiked, people / "right.csv")
    ehrkit("link", "encode", "right.csv", "--id", "member", *KEY, "-o", "right.parquet")
    raw = (people / "right.parquet").read_bytes().lower()
    assert b"sentinel" not in raw
    assert b"zyxwvut" not in raw
