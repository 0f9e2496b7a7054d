"""Writes that are all or nothing, readable by their owner only.

A file is written under a temporary name in its own folder, synced, and renamed:
a run that fails, is killed or fills the disk leaves nothing under the final name.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ehrkit.core.errors import EngineError, UsageError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
PARTIAL = ".ehrkit-partial"


def partial_name(path: Path) -> Path:
    """Return a fresh temporary name beside the path, hidden and recognisable as a leftover."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL}")


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears under its name only when the block ends well. Mode 0600.

    Raises:
        UsageError: the path is a folder, or its folder does not exist or may not be written to.
        EngineError: the disk is full or fails.
    """
    if path.is_dir():
        raise UsageError("is a folder", where=str(path), hint="Name a file in it.")
    temporary = partial_name(path)
    with disk_errors(path):
        try:
            handle = os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb"
            )
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            raise UsageError(
                "cannot write here", where=str(path), hint="Name a folder that exists and is yours."
            ) from None
        try:
            with handle:
                yield handle
                handle.flush()
                os.fsync(handle.fileno())
            temporary.replace(path)
            _sync_folder(path.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def atomic_folder(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield a temporary folder that becomes `path` only when the block ends well. Mode 0700.

    Raises:
        UsageError: `path` exists, is not empty, and `force` was not given.
        EngineError: the disk is full or fails.
    """
    refuse_occupied(path, force=force)
    temporary = partial_name(path)
    with disk_errors(path):
        try:
            temporary.mkdir(mode=PRIVATE_FOLDER, parents=True)
        except (NotADirectoryError, PermissionError):
            raise UsageError(
                "cannot write here", where=str(path), hint="Name a folder that is yours."
            ) from None
        try:
            yield temporary
            _replace_folder(temporary, path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def refuse_occupied(path: Path, *, force: bool) -> None:
    """Raise UsageError where `path` already holds something that a run would overwrite."""
    if path.is_file():
        raise UsageError("is a file, not a folder", where=str(path))
    if not force and path.is_dir() and any(path.iterdir()):
        raise UsageError(
            "the folder is not empty", where=str(path), hint="Choose another, or give --force."
        )


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full or failing disk into one clear error that names the file."""
    try:
        yield
    except OSError as error:
        reasons = {
            errno.ENOSPC: "no space left on the disk",
            errno.EDQUOT: "the disk quota is used up",
            errno.EFBIG: "the file would be larger than this process may write",
            errno.EROFS: "the disk is read-only",
            errno.EIO: "the disk failed",
        }
        if error.errno not in reasons:
            raise
        raise EngineError(
            reasons[error.errno], where=str(path), hint="Nothing was written under this name."
        ) from None


def _replace_folder(temporary: Path, path: Path) -> None:
    """Swap the finished folder in; the old one is moved aside first and removed last."""
    old = partial_name(path)
    if path.exists():
        path.rename(old)
    temporary.rename(path)
    shutil.rmtree(old, ignore_errors=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
