"""The book: a folder of record files, numbered and chained, that is only ever appended to."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ehrkit.core.errors import UsageError
from ehrkit.core.files import PRIVATE_FOLDER, atomic_file
from ehrkit.core.keys import ProjectKey
from ehrkit.core.records.envelope import seal
from ehrkit.core.records.statement import Run, statement

RECORDS = "records"
SUFFIX = ".dsse.json"


def record_files(folder: Path) -> list[Path]:
    """Return the record files of a folder's book, first to last."""
    return sorted((folder / RECORDS).glob(f"[0-9]*{SUFFIX}"))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a record file, by which the next one names it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def append_record(folder: Path, run: Run, key: ProjectKey) -> Path:
    """Sign the record of a run and append it to the book of a folder.

    Args:
        folder: where the outputs are; the book is its folder `records/`.
        run: what the command tells of itself.
        key: the project key, whose signing sub-key signs.

    Returns:
        The record file, mode 0600.

    Raises:
        UsageError: an output is not below the folder.
    """
    for output in run.outputs:
        if not output.is_relative_to(folder):
            raise UsageError("an output lies outside the folder of its record", where=str(output))
    book = folder / RECORDS
    book.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    with _only_writer(book):
        before = record_files(folder)
        previous = file_hash(before[-1]) if before else None
        sequence = len(before) + 1
        path = book / f"{sequence:04d}-{run.command.replace(' ', '-')}{SUFFIX}"
        sealed = seal(statement(run, folder, sequence, previous), key.signer())
        with atomic_file(path) as handle:
            handle.write(sealed)
    return path


@contextmanager
def _only_writer(book: Path) -> Iterator[None]:
    """Hold the book, so that two runs at once do not take the same number."""
    handle = os.open(book, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
