"""Engines run canonical statements and stream Arrow batches. They never build SQL of their own.

DuckDB reads a `.duckdb` file (read-only, no access to other files, settings
locked) or a folder of Parquet and CSV files, one per table, whatever the case
of their names; a table may also be a folder `NAME.parquet` of parts. CSV
columns are all text, so that codes keep leading zeros; the schema's SQL
converts what is a date or a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

import duckdb
import pyarrow as pa

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.queries.dialects import render
from ehrkit.queries.functions import Node

BATCH_ROWS = 65_536
Result = TypeVar("Result")


class Engine(Protocol):
    """What ehrkit asks of a database."""

    dialect: str
    name: str

    def tables(self) -> dict[str, set[str]]:
        """Return upper-case table names to their upper-case column names."""

    def run(self, statement: Node) -> pa.RecordBatchReader:
        """Run a canonical statement and stream its rows."""

    def close(self) -> None:
        """Let the database go."""


class DuckDbEngine:
    """A DuckDB file or a folder of files, opened read-only. Use it in a `with` block."""

    dialect = "duckdb"

    def __init__(self, path: Path) -> None:
        """Open the database.

        Raises:
            UsageError: there is no such file or folder, or the folder holds no table.
            EngineError: not a DuckDB database, or another program holds it.
        """
        self.name = path.name
        if not path.exists():
            raise UsageError(
                "there is no such database",
                where=str(path),
                hint="Check the path; `ehrkit synth` makes one.",
            )
        self._connection = _open_folder(path) if path.is_dir() else _open_file(path)

    def __enter__(self) -> DuckDbEngine:
        """Return the engine."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def tables(self) -> dict[str, set[str]]:
        """Return upper-case table names to their upper-case column names."""
        query = "SELECT table_name, column_name FROM information_schema.columns"
        found: dict[str, set[str]] = {}
        for table, column in self._guard(lambda: self._connection.execute(query).fetchall()):
            found.setdefault(str(table).upper(), set()).add(str(column).upper())
        return found

    def run(self, statement: Node) -> pa.RecordBatchReader:
        """Run a canonical statement and stream its rows.

        Raises:
            EngineError: the database failed; the message names the kind of failure alone,
                for a driver's text may quote data.
        """
        text = render(statement, self.dialect)
        reader = self._guard(lambda: self._connection.sql(text).to_arrow_reader(BATCH_ROWS))
        return pa.RecordBatchReader.from_batches(reader.schema, self._batches(reader))

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        while True:
            batch = self._guard(lambda: next(reader, None))
            if batch is None:
                return
            yield batch

    def _guard(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except duckdb.Error as error:
            raise _failure(type(error).__name__, self.name) from None
        except (OSError, pa.ArrowException) as error:
            raise _failure(_inner_kind(error), self.name) from None


def open_engine(database: str) -> DuckDbEngine:
    """Open the database that `--db` names.

    Raises:
        UsageError: no such file, or a server address, which this version does not read.
        EngineError: it cannot be opened.
    """
    if "://" in database:
        raise UsageError(
            "only DuckDB files and folders of Parquet or CSV files can be run on",
            where="--db",
            hint="For a server, print the SQL: ehrkit cohort render NAME --dialect DIALECT",
        )
    return DuckDbEngine(Path(database))


HINTS = {
    "IOException": "The file cannot be read whole: it may be cut short or damaged.",
    "ConversionException": "A value does not fit the type that the schema's SQL gives it; "
    "check the dates and numbers of the source tables.",
    "OutOfMemoryException": "The query needs more memory than this machine gives.",
    "CatalogException": "Run: ehrkit schema check NAME --db DATABASE",
    "BinderException": "Run: ehrkit schema check NAME --db DATABASE",
}


def _failure(kind: str, name: str) -> EngineError:
    return EngineError(f"the database failed ({kind})", where=name, hint=HINTS.get(kind))


def _inner_kind(error: Exception) -> str:
    """Name the kind of a driver error that Arrow wrapped, from its fixed prefix alone."""
    found = re.search(r"\b(Conversion|Invalid Input|Out of Memory|IO|Binder) Error", str(error))
    return f"{found[1].title().replace(' ', '')}Exception" if found else type(error).__name__


def _open_file(path: Path) -> duckdb.DuckDBPyConnection:
    locked: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    try:
        return duckdb.connect(str(path), read_only=True, config=locked)
    except duckdb.Error as error:
        text = str(error)
        if "lock" in text:
            what = "another program holds the database open for writing"
        elif "not a valid" in text:
            what = "not a DuckDB database"
        elif "storage version" in text or "newer version" in text or "older version" in text:
            what = "a DuckDB file of another version"
        else:
            what = f"cannot be opened ({type(error).__name__})"
        raise EngineError(what, where=str(path)) from None


def _open_folder(folder: Path) -> duckdb.DuckDBPyConnection:
    """Make one view per file; afterwards nothing outside the folder can be read."""
    files = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in READERS and not path.name.startswith(".")
    ]
    if not files:
        raise UsageError("the folder holds no .parquet or .csv file", where=str(folder))
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"SET allowed_directories = [{_both_names(folder)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for path in files:
            connection.execute(_view(path))
    except duckdb.Error as error:
        connection.close()
        raise EngineError(
            f"a file cannot be read as a table ({type(error).__name__})", where=str(folder)
        ) from None
    return connection


READERS = {".parquet": "read_parquet({})", ".csv": "read_csv({}, all_varchar=true, header=true)"}


def _view(path: Path) -> str:
    files = _pattern(path) + ("/*.parquet" if path.is_dir() else "")
    source = READERS[path.suffix.lower()].format(_quoted(files))
    name = path.stem.upper().replace('"', '""')
    return f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM {source}'


def _both_names(folder: Path) -> str:
    """The folder as it is and as a pattern: DuckDB checks the one, and then opens the other."""
    names = dict.fromkeys((str(folder.resolve()), _pattern(folder)))
    return ", ".join(_quoted(name) for name in names)


def _pattern(path: Path) -> str:
    """Return the path with its glob characters taken literally."""
    return re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
