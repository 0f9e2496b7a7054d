"""SQLite: a file opened read-only by Python's own driver."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from ehrkit.core.errors import EngineError
from ehrkit.queries.engines.arrow import Stream, stream
from ehrkit.queries.engines.base import Engine
from ehrkit.queries.engines.failures import CHECK_SCHEMA, CHECK_VALUES, Failure
from ehrkit.queries.engines.names import ANYWHERE, FoundTable, Place

# How many steps of SQLite's virtual machine pass between two looks for Ctrl-C; design choice.
STEPS_BETWEEN_LOOKS = 100_000
# SQLite's primary result codes: https://www.sqlite.org/rescode.html
KNOWN = {
    sqlite3.SQLITE_ERROR: Failure("the database refuses the statement", CHECK_SCHEMA, True),
    sqlite3.SQLITE_MISMATCH: Failure("a value does not fit its type", CHECK_VALUES, True),
    sqlite3.SQLITE_BUSY: Failure("another program holds the database", "Try again later."),
    sqlite3.SQLITE_CORRUPT: Failure("the database file is damaged"),
    sqlite3.SQLITE_NOTADB: Failure("not a SQLite database"),
    sqlite3.SQLITE_READONLY: Failure("the database is open for reading alone"),
    sqlite3.SQLITE_FULL: Failure("the disk is full"),
}


class SqliteEngine(Engine):
    """A SQLite connection."""

    dialect = "sqlite"
    errors = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection, name: str, place: Place = ANYWHERE) -> None:
        """Take over a connection."""
        super().__init__(name, place)
        self._connection = connection
        connection.set_progress_handler(_go_on, STEPS_BETWEEN_LOOKS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _look_up(self, tables: set[str]) -> dict[str, FoundTable]:
        found = {}
        for table in tables:
            rows = self._connection.execute(
                "SELECT name FROM pragma_table_info(?, ?)", (table, self.place.db_schema)
            ).fetchall()
            if rows:
                found[table] = FoundTable(table, {name.upper(): name for (name,) in rows})
        return found

    def _start(self, text: str, declared: pa.Schema | None) -> Stream:
        cursor = self._connection.execute(text)
        return stream([one[0] for one in cursor.description], cursor.fetchmany, declared)

    def _cancel(self) -> None:
        self._connection.interrupt()

    def _failure(self, error: Exception) -> Failure:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from None
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return KNOWN.get(code, Failure(f"the database failed ({name})"))


def _go_on() -> int:
    """Let Python run its signal handlers: Ctrl-C here makes SQLite stop, with SQLITE_INTERRUPT."""
    return 0


def open_sqlite(path: Path, place: Place) -> SqliteEngine:
    """Open a file for reading.

    Raises:
        EngineError: it cannot be opened.
    """
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    try:
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        connection.execute("PRAGMA query_only = 1")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchall()
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        known = KNOWN.get(code, Failure("cannot be opened"))
        raise EngineError(known.what, where=str(path), hint=known.hint) from None
    return SqliteEngine(connection, path.name, place)
