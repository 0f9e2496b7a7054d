"""What a run record says: an in-toto statement about the outputs, and no data value.

https://github.com/in-toto/attestation, Statement v1: the subject names each
output with its digest, the predicate tells how it came about.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import os
import platform
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:ehrkit:run-record:v1"
# 45 CFR 164.316(b)(2)(i): six years from creation or from the last effective date.
RETENTION_YEARS = 6
_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class FileDigest:
    """A file by name and content: SHA-256 in hexadecimal, size in bytes, rows where counted."""

    name: str
    sha256: str
    bytes: int
    rows: int | None = None


@dataclass(frozen=True)
class Run:
    """What a command tells of itself.

    Attributes:
        command: the subcommand, such as `deid apply`.
        started: when it began, with a time zone.
        inputs: the files that it read; a stream has the name `standard input`.
        outputs: the files that it wrote, below the folder of the book, and their rows.
        keys: purpose to fingerprint of the sub-keys that it used.
        evidence: what the command did, free of data values.
    """

    command: str
    started: dt.datetime
    inputs: tuple[FileDigest, ...]
    outputs: Mapping[Path, int | None]
    keys: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)


def digest_file(path: Path, *, name: str | None = None, rows: int | None = None) -> FileDigest:
    """Return the digest of a file; its name is the base name unless another is given."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as handle:
        while data := handle.read(_READ_BYTES):
            digest.update(data)
            size += len(data)
    return FileDigest(name or path.name, digest.hexdigest(), size, rows)


def statement(run: Run, folder: Path, sequence: int, previous: str | None) -> dict[str, Any]:
    """Return the statement of a run as the record of that number in a book.

    Args:
        run: what the command tells.
        folder: the folder that outputs are named relative to.
        sequence: 1 for the first record of the book.
        previous: SHA-256 of the record file before, or None for the first.
    """
    outputs = [
        digest_file(path, name=path.relative_to(folder).as_posix(), rows=rows)
        for path, rows in run.outputs.items()
    ]
    finished = dt.datetime.now(dt.UTC)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": each.name, "digest": {"sha256": each.sha256}} for each in outputs],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "id": str(uuid.uuid4()),
            "sequence": sequence,
            "previous": previous,
            "command": run.command,
            "started": _instant(run.started),
            "finished": _instant(finished),
            "retain_until": _in_years(finished.date(), RETENTION_YEARS).isoformat(),
            "operator": {"user": _user(), "host": socket.gethostname()},
            "tool": {
                "name": "ehrkit",
                "version": version("ehrkit"),
                "python": platform.python_version(),
                "pyarrow": version("pyarrow"),
            },
            "inputs": [_described(each) for each in run.inputs],
            "outputs": [_described(each) for each in outputs],
            "keys": dict(run.keys),
            "evidence": dict(run.evidence),
        },
    }


def _user() -> str:
    """Return the login name, or the number where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _described(file: FileDigest) -> dict[str, Any]:
    described = {"name": file.name, "sha256": file.sha256, "bytes": file.bytes}
    return described if file.rows is None else {**described, "rows": file.rows}


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _in_years(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
