"""Find the files of an export, and read the JSON in them, whatever the packing."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ehrkit.core.errors import DataError, UsageError

MEMBER_LIMIT = 1 << 29
"""Bytes of one JSON document in an archive: a day's or a year's payload is far smaller, a zip
bomb is not."""


def device_files(path: Path, suffixes: tuple[str, ...]) -> list[tuple[str, Path]]:
    """Return `(device_user_id, file or folder)`, sorted.

    Each entry's name without its suffix is the user.

    A folder that holds documents directly, and no archive and no sub-folder, is one user's
    export only for readers that pass a folder on; here each such document is one user.

    Raises:
        UsageError: there is no such path, or nothing in it has one of the suffixes.
    """
    if not path.exists():
        raise UsageError(
            "there is no such file or folder", where=str(path), hint="Check the path of the export."
        )
    if path.is_file():
        return [(path.stem, path)]
    found = [entry for entry in sorted(path.iterdir()) if entry.suffix.lower() in suffixes]
    if not found:
        raise UsageError(
            f"no file here ends in {' or '.join(suffixes)}",
            where=str(path),
            hint="Give the folder that holds one file per device user.",
        )
    return [(entry.stem, entry) for entry in found]


def json_documents(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield `(where, document)` for a JSON file, each JSON member of a zip.

    Of a folder, each JSON file below it.

    Raises:
        DataError: a document is not JSON, or the archive is damaged.
    """
    if path.is_dir():
        for inner in sorted(path.rglob("*.json")):
            yield from json_documents(inner)
    elif path.suffix.lower() == ".zip":
        yield from _zipped_documents(path)
    else:
        yield str(path), parse_json(path.read_bytes(), str(path))


def _zipped_documents(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.namelist()):
                if member.lower().endswith(".json"):
                    where = f"{path}, member {member}"
                    if archive.getinfo(member).file_size > MEMBER_LIMIT:
                        raise DataError(
                            "the document is larger than 512 MB when unpacked", where=where
                        )
                    yield where, parse_json(archive.read(member), where)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise DataError(
            "the archive is damaged or encrypted", where=str(path), hint="Export it again."
        ) from None


def parse_json(raw: bytes, where: str) -> Any:
    """Parse one document.

    Raises:
        DataError: it is not JSON; names the line, shows no text of it.
    """
    try:
        return json.loads(raw)
    except UnicodeDecodeError:
        raise DataError("the document is not UTF-8", where=where) from None
    except json.JSONDecodeError as error:
        raise DataError("the document is not JSON", where=f"{where}, line {error.lineno}") from None
    except RecursionError:
        raise DataError("the document is nested too deeply", where=where) from None
