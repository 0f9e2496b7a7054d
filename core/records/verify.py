"""Check a folder against its book with the public key alone, and name what does not match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ehrkit.core.errors import UsageError, VerificationError
from ehrkit.core.records.book import RECORDS, file_hash, record_files
from ehrkit.core.records.envelope import load_public_key, peek, unseal
from ehrkit.core.records.statement import PREDICATE_TYPE, STATEMENT_TYPE, digest_file


@dataclass(frozen=True)
class Finding:
    """One thing that does not match: the file, relative to the folder, and what is wrong."""

    file: str
    what: str


@dataclass(frozen=True)
class Verdict:
    """What a verification saw.

    Attributes:
        records: how many records the book holds.
        files: the outputs whose digests were checked, by name.
        findings: all that does not match; empty means verified.
        head: SHA-256 of the last record. Kept elsewhere, it shows a later
            verifier that no record was cut off the end.
    """

    records: int
    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    head: str | None


def verify_folder(folder: Path, public_pem: bytes, *, head: str | None = None) -> Verdict:
    """Verify every record of a folder's book and every file that they name.

    Args:
        folder: the folder that holds the outputs and `records/`.
        public_pem: the public key of the project, from its owner and not from this folder.
        head: the last record's SHA-256 as noted earlier; the book must still contain it.

    Raises:
        UsageError: the folder has no book.
        DataError: the public key is not one.
    """
    paths = _book(folder)
    public_key = load_public_key(public_pem, "public key")
    findings: list[Finding] = []
    newest: dict[str, str] = {}
    previous = None
    hashes = []
    for sequence, path in enumerate(paths, start=1):
        name = path.relative_to(folder).as_posix()
        try:
            record = _checked(path, public_key, sequence, previous)
        except VerificationError as error:
            findings.append(Finding(name, error.what))
        else:
            newest |= {each["name"]: each["digest"]["sha256"] for each in record["subject"]}
        previous = file_hash(path)
        hashes.append(previous)
    if head and head not in hashes:
        findings.append(Finding(RECORDS, "the record that was noted as head is missing"))
    findings += _compare(folder, newest)
    return Verdict(len(paths), tuple(sorted(newest)), tuple(findings), previous)


def read_records(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each record file with its statement, unverified, for display.

    Raises:
        UsageError: the folder has no book.
        VerificationError: a record cannot be read at all.
    """
    for path in _book(folder):
        try:
            yield path, peek(path.read_bytes())
        except VerificationError as error:
            raise VerificationError(error.what, where=str(path)) from None


def _book(folder: Path) -> list[Path]:
    paths = record_files(folder)
    if not paths:
        raise UsageError(
            "there are no run records here",
            where=str(folder),
            hint=f"Name the folder that holds the outputs and `{RECORDS}/`.",
        )
    return paths


def _checked(
    path: Path, public_key: Ed25519PublicKey, sequence: int, previous: str | None
) -> dict[str, Any]:
    record = unseal(path.read_bytes(), public_key)
    if (record.get("_type"), record.get("predicateType")) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise VerificationError("is signed, but not a run record")
    predicate = record["predicate"]
    if predicate["sequence"] != sequence:
        raise VerificationError("is out of sequence: a record is missing or was added")
    if predicate["previous"] != previous:
        raise VerificationError("does not follow from the record before it")
    return record


def _compare(folder: Path, newest: dict[str, str]) -> Iterator[Finding]:
    """Compare files with the newest digest that the records give them, both ways."""
    records = set(record_files(folder))
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path not in records
    }
    for name, sha256 in sorted(newest.items()):
        if name not in present:
            yield Finding(name, "is named by a record and missing")
        elif digest_file(present[name]).sha256 != sha256:
            yield Finding(name, "differs from what its record says")
    for name in sorted(present.keys() - newest.keys()):
        yield Finding(name, "is in the folder and named by no record")
