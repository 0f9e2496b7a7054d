"""`ehrkit cohort table-one`, `match` and `rates` in a pipe, on files, and with mistakes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import Ehrkit

COHORT = pa.table(
    {
        "person_id": [f"p{n}" for n in range(8)],
        "age": [50, 60, 70, 80, 50, 61, 72, 30],
        "sex": list("ffmmffmm"),
        "fall": [1, 0, 0, 1, 0, 0, 0, 0],
        "fall_days": [100, 265, 365, 365, 365, 365, 365, 365],
        "site": list("xxxxyyyy"),
    }
)


def rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode())))


@pytest.fixture
def table(tmp_path: Path) -> bytes:
    pq.write_table(COHORT, tmp_path / "cohort.parquet")
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, COHORT.schema) as writer:
        writer.write_table(COHORT)
    return sink.getvalue()


def test_table_one_in_a_pipe(ehrkit: Ehrkit, table: bytes) -> None:
    done = ehrkit("cohort", "table-one", "-", "--by", "site", stdin=table)
    found = {(row["variable"], row["level"]): row for row in rows(done.stdout)}
    assert (found["rows", ""]["x"], found["rows", ""]["y"]) == ("4", "4")
    assert found["sex", "f"]["all"] == "4 (50.0)"
    assert ("person_id", "p0") not in found


def test_table_one_of_csv_has_texts_until_told(ehrkit: Ehrkit, table: bytes) -> None:
    text = ehrkit("convert", "cohort.parquet").stdout
    done = ehrkit("cohort", "table-one", "--columns", "age", "--continuous", "age", stdin=text)
    assert rows(done.stdout)[1]["all"] == "59.1 (15.8)"
    done = ehrkit("cohort", "table-one", "--columns", "age,sex", "--smallest", "11", stdin=text)
    assert {row["all"] for row in rows(done.stdout)} == {"(hidden)"}


def test_matched_rows_and_what_is_said_of_them(
    ehrkit: Ehrkit, table: bytes, tmp_path: Path
) -> None:
    pq.write_table(COHORT.slice(0, 4), tmp_path / "cases.parquet")
    pq.write_table(COHORT.slice(4), tmp_path / "controls.parquet")
    done = ehrkit(
        "cohort", "match", "cases.parquet", "controls.parquet", "--exact", "sex",
        "--within", "age=2", "--ratio", 2, "-o", "matched.parquet",
    )  # fmt: skip
    # Ages 50 and 60 of women have 50 and 61; of men 70 has 72, and 80 nobody.
    assert done.stderr.decode().splitlines()[:2] == [
        "1 cases with 0 controls",
        "3 cases with 1 controls",
    ]
    matched = pq.read_table(tmp_path / "matched.parquet").to_pylist()
    pairs = [(row["match_set"], row["match_role"], row["age"]) for row in matched]
    assert pairs == [
        (1, "case", 50), (1, "control", 50), (2, "case", 60), (2, "control", 61),
        (3, "case", 70), (3, "control", 72),
    ]  # fmt: skip


def test_rates(ehrkit: Ehrkit, table: bytes) -> None:
    done = ehrkit("cohort", "rates", "--outcome", "fall", "--by", "site,sex", stdin=table)
    found = rows(done.stdout)
    assert [(row["variable"], row["level"], row["events"]) for row in found] == [
        ("", "", "2"), ("site", "x", "2"), ("site", "y", "0"), ("sex", "f", "1"), ("sex", "m", "1"),
    ]  # fmt: skip
    assert float(found[0]["rate"]) == pytest.approx(2000 * 365.25 / 2555)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["table-one", "cohort.parquet", "--by", "sight"], 2, "Did you mean site?"),
        (["table-one", "cohort.parquet", "--continuous", "sex"], 3, "column sex"),
        (["rates", "cohort.parquet", "--outcome", "fal"], 2, "Did you mean fall?"),
        (["rates", "cohort.parquet"], 2, "--outcome"),
        (["match", "cohort.parquet", "cohort.parquet"], 2, "nothing to match on"),
        (["match", "cohort.parquet", "cohort.parquet", "--within", "age"], 2, "NAME=BOUND"),
        (["match", "cohort.parquet", "cohort.parquet", "--within", "age=x"], 2, "no number"),
        (["match", "cohort.parquet", "cohort.parquet", "--exact", "sx"], 2, "Did you mean sex?"),
    ],
)
def test_mistakes(ehrkit: Ehrkit, table: bytes, arguments: list[str], code: int, says: str) -> None:
    done = ehrkit("cohort", *arguments, exit_code=code)
    assert says in done.stderr.decode()
