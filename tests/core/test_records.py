"""Run records: verified as a stranger would, with the public key and the files only."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.keys import ProjectKey
from ehrkit.core.records import FileDigest, Run, append_record, read_records, verify_folder

KEY = ProjectKey(bytes(32))
PUBLIC = KEY.public_pem()


def record(folder: Path, name: str, content: bytes = b"output") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    started = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    read = FileDigest("in.csv", "00" * 32, 6, 1)
    run = Run("deid apply", started, (read,), {folder / name: 1}, {"pseudonym": "ab"}, {"rows": 1})
    return append_record(folder, run, KEY)


def findings(folder: Path, public: bytes = PUBLIC, **options: str) -> list[tuple[str, str]]:
    return [(each.file, each.what) for each in verify_folder(folder, public, **options).findings]


def test_an_untouched_folder_is_verified(tmp_path: Path) -> None:
    record(tmp_path / "out", "a.parquet")
    record(tmp_path / "out", "b.parquet")
    verdict = verify_folder(tmp_path / "out", PUBLIC)
    assert verdict.findings == ()
    assert (verdict.records, verdict.files) == (2, ("a.parquet", "b.parquet"))


def test_the_signature_is_dsse_as_its_specification_writes_it(tmp_path: Path) -> None:
    """Recomputed from the DSSE text, with nothing of ehrkit but the file."""
    envelope = json.loads(record(tmp_path / "out", "a").read_bytes())
    kind = envelope["payloadType"]
    body = base64.b64decode(envelope["payload"])
    signed = f"DSSEv1 {len(kind)} {kind} {len(body)} ".encode() + body
    public = load_pem_public_key(PUBLIC)
    public.verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed)
    statement = json.loads(body)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicate"]["retain_until"][:4] == str(dt.date.today().year + 6)


def test_any_changed_byte_of_a_record_is_seen(tmp_path: Path) -> None:
    path = record(tmp_path / "out", "a")
    whole = path.read_bytes()
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 0x01
        path.write_bytes(changed)
        assert findings(tmp_path / "out"), f"byte {position}"
    path.write_bytes(whole + b"\n")
    assert findings(tmp_path / "out")
    path.write_bytes(whole)
    assert findings(tmp_path / "out") == []


def test_a_changed_byte_of_an_output_is_named(tmp_path: Path) -> None:
    record(tmp_path / "out", "a")
    record(tmp_path / "out", "b")
    (tmp_path / "out" / "b").write_bytes(b"0utput")
    assert findings(tmp_path / "out") == [("b", "differs from what its record says")]


def test_missing_and_stray_files_are_named(tmp_path: Path) -> None:
    record(tmp_path / "out", "a")
    (tmp_path / "out" / "a").rename(tmp_path / "out" / "stray")
    assert findings(tmp_path / "out") == [
        ("a", "is named by a record and missing"),
        ("stray", "is in the folder and named by no record"),
    ]


def test_a_later_run_may_replace_an_output(tmp_path: Path) -> None:
    record(tmp_path / "out", "a", b"first")
    record(tmp_path / "out", "a", b"second")
    assert findings(tmp_path / "out") == []
    (tmp_path / "out" / "a").write_bytes(b"first")
    assert findings(tmp_path / "out") == [("a", "differs from what its record says")]


def test_a_record_taken_out_of_the_middle_is_seen(tmp_path: Path) -> None:
    paths = [record(tmp_path / "out", "a") for _ in range(3)]
    paths[1].unlink()
    assert "out of sequence" in findings(tmp_path / "out")[0][1]


def test_records_in_another_order_are_seen(tmp_path: Path) -> None:
    first, second = (record(tmp_path / "out", "a") for _ in range(2))
    swap = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(swap)
    assert {file for file, _ in findings(tmp_path / "out")} >= {
        f"records/{first.name}",
        f"records/{second.name}",
    }


def test_a_cut_off_end_is_seen_by_who_noted_the_head(tmp_path: Path) -> None:
    record(tmp_path / "out", "a")
    last = record(tmp_path / "out", "a")
    head = verify_folder(tmp_path / "out", PUBLIC).head
    assert head is not None
    last.unlink()
    assert findings(tmp_path / "out") == []
    assert findings(tmp_path / "out", head=head) == [
        ("records", "the record that was noted as head is missing")
    ]


def test_another_key_does_not_verify(tmp_path: Path) -> None:
    record(tmp_path / "out", "a")
    other = ProjectKey(bytes([1] * 32)).public_pem()
    assert "signature does not hold" in findings(tmp_path / "out", other)[0][1]


def test_a_record_names_files_and_no_folders_of_the_machine(tmp_path: Path) -> None:
    path = record(tmp_path / "out", "a")
    ((_, statement),) = read_records(tmp_path / "out")
    assert str(tmp_path) not in json.dumps(statement)
    (output,) = statement["predicate"]["outputs"]
    assert (output["name"], output["bytes"], output["rows"]) == ("a", 6, 1)
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_output_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "out").mkdir()
    run = Run("x", dt.datetime.now(dt.UTC), (), {tmp_path / "a": None})
    with pytest.raises(UsageError, match="outside"):
        append_record(tmp_path / "out", run, KEY)


def test_a_folder_without_records_and_a_wrong_key_file_say_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run records"):
        verify_folder(tmp_path, PUBLIC)
    record(tmp_path / "out", "a")
    with pytest.raises(DataError, match="not an Ed25519 public key"):
        verify_folder(tmp_path / "out", b"-----BEGIN NONSENSE-----")
