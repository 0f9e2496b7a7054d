"""Releases and crosswalks: all or nothing, signed, and a way back only where asked for."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from ehrkit.core.errors import DataError, PolicyError, UsageError
from ehrkit.core.keys import ProjectKey
from ehrkit.core.records import read_records, verify_folder
from ehrkit.core.tables import open_table, write_table
from ehrkit.deid.crosswalk import read_crosswalk, reidentify, write_crosswalk
from ehrkit.deid.policy_toml import parse_policy
from ehrkit.deid.release import Beside, release_folder
from tests.deid.conftest import KEY, SENTINEL

POLICY = """
standard = "limited"
[table.people]
quasi = ["sex", "zip"]
[table.people.columns]
person_id = { pseudonym = "person" }
zip = "zip3"
sex = "keep"
[table.visits.columns]
person_id = { pseudonym = "person" }
visit_id = { code = "visit" }
visit_date = { shift = "person_id" }
"""
PEOPLE = pa.table({"person_id": [f"{SENTINEL}{n}" for n in range(6)],
                   "zip": ["02138", "02139"] * 3, "sex": ["f"] * 6})  # fmt: skip
VISITS = pa.table({"person_id": [f"{SENTINEL}{n % 3}" for n in range(6)],
                   "visit_id": list(range(6)),
                   "visit_date": ["2020-01-01"] * 6})  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    write_table(PEOPLE, tmp_path / "people.parquet")
    write_table(VISITS, tmp_path / "visits.csv.gz")
    return [tmp_path / "people.parquet", tmp_path / "visits.csv.gz"]


def test_a_release_is_verified_by_its_public_key_alone(files: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    evidence = release_folder(files, out, parse_policy(POLICY), KEY)
    assert [each.rows_out for each in evidence] == [6, 6]
    assert verify_folder(out, KEY.public_pem()).findings == ()
    ((_, record),) = read_records(out)
    tables = record["predicate"]["evidence"]["tables"]
    assert [each["table"] for each in tables] == ["people", "visits"]
    assert (tables[0]["risk"]["before"]["k"], tables[0]["risk"]["after"]["k"]) == (3, 6)
    assert record["predicate"]["inputs"][0]["rows"] == 6
    assert set(record["predicate"]["keys"]) == {"pseudonym/person", "date-shift"}
    people, visits = (open_table(out / path.name).read_all() for path in files)
    assert set(visits["person_id"].to_pylist()) < set(people["person_id"].to_pylist())
    assert not [p for p in out.rglob("*") if p.is_file() and SENTINEL.encode() in p.read_bytes()]
    (out / "people.parquet").write_bytes((out / "people.parquet").read_bytes() + b"x")
    assert verify_folder(out, KEY.public_pem()).findings


def test_a_bad_second_file_leaves_nothing_at_all(files: list[Path], tmp_path: Path) -> None:
    write_table(VISITS.set_column(2, "visit_date", pa.array([SENTINEL] * 6)), files[1])
    before = set(tmp_path.iterdir())
    beside = Beside(tmp_path / "walk.bin", tmp_path / "left.csv")
    with pytest.raises(DataError, match="visit_date") as refused:
        release_folder(files, tmp_path / "out", parse_policy(POLICY), KEY, beside=beside)
    assert SENTINEL not in str(refused.value)
    assert set(tmp_path.iterdir()) == before


def test_a_false_claim_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    policy = parse_policy(POLICY.replace("limited", "safe-harbor"))
    with pytest.raises(PolicyError, match="person_id: a keyed pseudonym"):
        release_folder([tmp_path / "nothing.csv"], tmp_path / "out", policy, KEY)


def test_an_occupied_folder_and_clashing_names_are_refused(
    files: list[Path], tmp_path: Path
) -> None:
    policy = parse_policy(POLICY)
    with pytest.raises(UsageError, match="same name"):
        release_folder([files[0], files[0]], tmp_path / "out", policy, KEY)
    release_folder(files, tmp_path / "out", policy, KEY)
    with pytest.raises(UsageError, match="not empty"):
        release_folder(files, tmp_path / "out", policy, KEY)
    release_folder(files[:1], tmp_path / "out", policy, KEY, force=True)
    assert not (tmp_path / "out" / "visits.csv.gz").exists()


def test_what_lies_beside_a_release_may_not_lie_in_it(files: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    for beside in (Beside(crosswalk=out / "walk.bin"), Beside(quarantine=out / "left.csv")):
        with pytest.raises(UsageError, match="released folder"):
            release_folder(files, out, parse_policy(POLICY), KEY, beside=beside)


def test_a_crosswalk_leads_back_for_the_holder_of_the_key(
    files: list[Path], tmp_path: Path
) -> None:
    path = tmp_path / "walk.bin"
    release_folder(files, tmp_path / "out", parse_policy(POLICY), KEY, beside=Beside(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert SENTINEL.encode() not in path.read_bytes()
    crosswalk = read_crosswalk(path, KEY)
    released = open_table(tmp_path / "out" / "people.parquet")
    back = reidentify(released, "person_id", crosswalk, "person").read_all()
    assert back["person_id"].to_pylist() == PEOPLE["person_id"].to_pylist()
    visits = open_table(tmp_path / "out" / "visits.csv.gz")
    back = reidentify(visits, "visit_id", crosswalk, "visit").read_all()
    assert back["visit_id"].to_pylist() == [str(n) for n in range(6)]


def test_a_crosswalk_is_refused_under_another_key_or_after_a_change(tmp_path: Path) -> None:
    path = tmp_path / "walk.bin"
    write_crosswalk({("person", "e1-ab"): "x"}, path, KEY)
    with pytest.raises(UsageError, match="never overwritten"):
        write_crosswalk({}, path, KEY)
    with pytest.raises(PolicyError, match="another key"):
        read_crosswalk(path, ProjectKey.generate())
    raw = path.read_bytes()
    for at in (len(raw) - 1, raw.index(b"\n") + 3):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises(PolicyError, match="changed"):
            read_crosswalk(path, KEY)
    path.write_bytes(raw[: raw.index(b"\n") + 5])
    with pytest.raises(PolicyError, match="changed"):
        read_crosswalk(path, KEY)
    path.write_bytes(b"person,x\n")
    with pytest.raises(DataError, match="not a crosswalk"):
        read_crosswalk(path, KEY)


def test_a_token_that_is_not_in_the_crosswalk_is_refused_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "walk.bin"
    write_crosswalk({("person", "e1-ab"): "x"}, path, KEY)
    crosswalk = read_crosswalk(path, KEY)
    table = pa.table({"person_id": ["e1-ab", None, SENTINEL]})
    with pytest.raises(DataError, match="1 tokens are not") as refused:
        reidentify(table.to_reader(), "person_id", crosswalk, "person").read_all()
    assert SENTINEL not in str(refused.value)
    with pytest.raises(UsageError, match="purpose"):
        reidentify(table.to_reader(), "person_id", crosswalk, "persn")
    with pytest.raises(UsageError, match="person_id"):
        reidentify(table.to_reader(), "personid", crosswalk, "person")
