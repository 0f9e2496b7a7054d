"""Strict reading of TOML tables: every key is taken once, what is left over is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.spelling import nearest, suggest

# Quotes, dashes, the minus sign and the blank of word processors, none of which TOML reads.
_TYPESET = "\u2018\u2019\u201c\u201d\u2010\u2011\u2012\u2013\u2014\u2212\u00a0"
KINDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    dict: "a table",
    list: "a list",
    date: "a date",
    bool: "true or false",
}


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Give errors of the values themselves the place in the file."""
    try:
        yield
    except (DataError, UsageError) as error:
        if error.where:
            raise
        raise type(error)(error.what, where=where, hint=error.hint) from None


class Section:
    """One TOML table and its place in the file; `finish` refuses keys that nobody took."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        """Wrap a table; `where` is the file and the key path."""
        self.table = dict(table)
        self.where = where
        self._known: list[str] = []

    def error(self, what: str, *, key: str | None = None, hint: str | None = None) -> DataError:
        """Return an error that names the file and the key."""
        return DataError(what, where=f"{self.where}: {key}" if key else self.where, hint=hint)

    def offer(self, keys: Iterable[str]) -> None:
        """Name keys that may occur, for the spelling hint."""
        self._known.extend(keys)

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """Take an optional key of the kind.

        Raises:
            DataError: the value is of another type.
        """
        self._known.append(key)
        if key not in self.table:
            return default
        value = self.table.pop(key)
        # True is an int and a datetime is a date to Python, not to a reader.
        if not isinstance(value, kind) or (kind in (int, date) and type(value) is not kind):
            hint = f"Write [[{key}]]." if kind is list and isinstance(value, dict) else None
            raise self.error(f"must be {KINDS[kind]}", key=key, hint=hint)
        return value

    def need(self, key: str, kind: type) -> Any:
        """Take a key that must be there."""
        if key not in self.table:
            self._known.append(key)
            raise self.error(f"the key {key} is missing", hint=nearest(key, self.table))
        return self.take(key, kind)

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a text or a list of texts; nothing is an empty tuple."""
        value = self.take(key, object, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise self.error("must be a text or a list of texts", key=key)
        return tuple(values)

    def sub(self, key: str) -> Section | None:
        """Take a sub-table."""
        table = self.take(key, dict)
        return None if table is None else Section(table, f"{self.where}: {key}")

    def need_sub(self, key: str) -> Section:
        """Take a sub-table that has to be there."""
        return Section(self.need(key, dict), f"{self.where}: {key}")

    def subs(self, key: str) -> list[Section]:
        """Take an array of tables."""
        tables = self.take(key, list, [])
        if not all(isinstance(table, dict) for table in tables):
            raise self.error("must be a list of tables", key=key)
        return [Section(t, f"{self.where}: {key}[{n}]") for n, t in enumerate(tables, 1)]

    def one_of(self, key: str, choices: Iterable[str], default: str) -> str:
        """Take a text that must be one of the choices, and be there if the default is none."""
        known = list(choices)
        value: str = self.take(key, str, default) if default in known else self.need(key, str)
        if value not in known:
            what = f"must be {'one of ' if known[1:] else ''}{', '.join(known)}"
            raise self.error(what, key=key, hint=nearest(value, known))
        return value

    def finish(self) -> None:
        """Refuse what nobody took.

        Raises:
            DataError: a key is unknown; the nearest known key is named.
        """
        for key in self.table:
            raise self.error("the key is not known", key=key, hint=suggest(key, self._known))


def _typeset(text: str) -> str | None:
    """Return a hint at the first line with a quote or dash that a word processor has put in."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(one in _TYPESET for one in line.partition("#")[0]):
            return f'Line {number} has a typographic quote, dash or blank: type " or - instead.'
    return None


def read_toml(path: Path) -> Section:
    """Read a TOML file as the outermost section.

    Raises:
        UsageError: the file is not there.
        DataError: it is not TOML.
    """
    text = read_text(path)
    try:
        return Section(tomllib.loads(text), path.name)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"not valid TOML: {error}", where=str(path), hint=_typeset(text)) from None


def read_text(path: Path) -> str:
    """Read a text file, with or without the byte order mark that Windows puts first.

    Raises:
        UsageError: the file is not there or may not be read.
        DataError: it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise UsageError("there is no such file", where=str(path)) from None
    except PermissionError:
        raise UsageError("the file may not be read", where=str(path)) from None
    except UnicodeDecodeError:
        raise DataError("the file is not UTF-8 text", where=str(path)) from None
