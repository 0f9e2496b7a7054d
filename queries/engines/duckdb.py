"""DuckDB: a `.duckdb` file, or a folder of Parquet and CSV files, opened read-only.

Nothing else on the machine can be read through it, and its settings are locked.
What does not fit into memory goes to a private folder.
A folder holds one file per table, whatever the case of their names; a table may
also be a folder `NAME.parquet` of parts. CSV columns are all text, so that codes
keep leading zeros; the schema's SQL converts what is a date or a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.queries.engines.arrow import BATCH_ROWS, Stream
from ehrkit.queries.engines.base import Engine
from ehrkit.queries.engines.failures import CHECK_SCHEMA, CHECK_VALUES, Failure
from ehrkit.queries.engines.names import ANYWHERE, FoundTable, Place
from ehrkit.queries.engines.spilling import limit_memory
from ehrkit.queries.engines.worker import Worker

READERS = {".parquet": "read_parquet({})", ".csv": "read_csv({}, all_varchar=true, header=true)"}
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE list_contains($tables, upper(table_name))
    AND ($catalog IS NULL OR table_catalog = $catalog OR list_contains($apart, table_name))
    AND ($schema IS NULL OR table_schema = $schema OR list_contains($apart, table_name))
"""
# DuckDB's exceptions: what the reader can do, and whether the statement is to blame.
KNOWN = {
    "IOException": ("The file cannot be read whole: it may be cut short or damaged.", False),
    "OutOfMemoryException": ("The query needs more memory than this machine gives.", False),
    "CatalogException": (CHECK_SCHEMA, True),
    "BinderException": (CHECK_SCHEMA, True),
    "ConversionException": (CHECK_VALUES, True),
    "InvalidInputException": (CHECK_VALUES, True),
    "OutOfRangeException": (CHECK_VALUES, True),
}


class DuckDbEngine(Engine):
    """A DuckDB connection."""

    dialect = "duckdb"
    errors = (duckdb.Error, pa.ArrowException, OSError)

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, name: str, place: Place = ANYWHERE
    ) -> None:
        """Take over a connection whose settings are not locked yet."""
        super().__init__(name, place)
        self._connection = connection
        self._spilled = limit_memory(connection)
        self._worker = Worker(connection.interrupt)

    def close(self) -> None:
        """Close the connection."""
        self._worker.close()
        self._connection.close()
        self._spilled.cleanup()

    def _look_up(self, tables: set[str]) -> dict[str, FoundTable]:
        asked = {
            "tables": sorted(tables),
            "catalog": self.place.catalog,
            "schema": self.place.db_schema,
            "apart": sorted(self.place.apart),
        }
        columns: dict[str, dict[str, str]] = {}
        for table, column in self._connection.execute(COLUMNS, asked).fetchall():
            columns.setdefault(table.upper(), {})[column.upper()] = column
        return {table: FoundTable(table, found) for table, found in columns.items()}

    def _start(self, text: str, declared: pa.Schema | None) -> Stream:
        reader = self._worker.do(lambda: self._connection.sql(text).to_arrow_reader(BATCH_ROWS))
        return reader.schema, self._worker.each(reader)

    def _cancel(self) -> None:
        self._connection.interrupt()

    def _failure(self, error: Exception) -> Failure:
        kind = type(error).__name__ if isinstance(error, duckdb.Error) else _inner_kind(error)
        hint, in_statement = KNOWN.get(kind, (None, False))
        return Failure(f"the database failed ({kind})", hint, in_statement)


def open_duckdb(path: Path, place: Place, extra: Mapping[str, Path]) -> DuckDbEngine:
    """Open a file or a folder, with files of `extra` as further tables by their names.

    Raises:
        UsageError: the folder holds no table, or one twice; or a file of `extra` is missing or of
            another kind.
        EngineError: not a DuckDB database, another program holds it, or a file is damaged.
    """
    for file in extra.values():
        _check_readable(file)
    tables = dict(extra)
    if path.is_dir():
        connection, tables = duckdb.connect(":memory:"), _tables(path) | tables
    else:
        connection = _connect(path)
    engine = DuckDbEngine(connection, path.name, place)
    try:
        _lock(connection, [path, *extra.values()])
        for name, file in tables.items():
            _add(connection, name, file)
    except EngineError:
        engine.close()
        raise
    return engine


def _add(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    try:
        connection.execute(_view(name, file))
    except duckdb.Error as error:
        what = f"cannot be read as a table ({type(error).__name__})"
        raise EngineError(what, where=str(file)) from None


def open_memory(tables: Mapping[str, pa.Table]) -> DuckDbEngine:
    """Open tables that are in memory already, by their UPPER-CASE names."""
    connection = duckdb.connect(":memory:")
    engine = DuckDbEngine(connection, "memory")
    for name, table in tables.items():
        connection.register(name, table)
    _lock(connection, [])
    return engine


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=True)
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


def _lock(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """Let nothing outside the paths be read, and no variable of Python pass for a table."""
    connection.execute("SET python_enable_replacements = false")
    for path in paths:
        setting = "allowed_directories" if path.is_dir() else "allowed_paths"
        names = ", ".join(_quoted(name) for name in dict.fromkeys((_real(path), _pattern(path))))
        connection.execute(f"SET {setting} = list_concat(current_setting('{setting}'), [{names}])")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _check_readable(path: Path) -> None:
    if not path.exists():
        raise UsageError("there is no such file", where=str(path))
    if path.suffix.lower() not in READERS:
        raise UsageError("no Parquet or CSV file", where=str(path), hint="See: ehrkit convert")


def _tables(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in _files(folder):
        other = found.setdefault(file.stem.upper(), file)
        if other != file:
            what = f"{other.name} and {file.name} are one table twice"
            raise UsageError(what, where=str(folder), hint="Keep one of them.")
    return found


def _files(folder: Path) -> list[Path]:
    files = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in READERS and not path.name.startswith(".")
    ]
    if not files:
        raise UsageError("the folder holds no .parquet or .csv file", where=str(folder))
    return files


def _view(name: str, path: Path) -> str:
    files = _pattern(path) + ("/*.parquet" if path.is_dir() else "")
    source = READERS[path.suffix.lower()].format(_quoted(files))
    label = name.replace('"', '""')
    return f'CREATE OR REPLACE TEMP VIEW "{label}" AS SELECT * FROM {source}'


def _real(path: Path) -> str:
    return str(path.resolve())


def _pattern(path: Path) -> str:
    """Return the path with its glob characters taken literally.

    DuckDB checks the name as it is, and then opens the pattern: both are allowed.
    """
    return re.sub(r"([*?\[])", r"[\1]", _real(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _inner_kind(error: Exception) -> str:
    """Name the kind of a driver error that Arrow wrapped, from its fixed prefix alone."""
    found = re.search(r"\b(Conversion|Invalid Input|Out of Memory|IO|Binder) Error", str(error))
    return f"{found[1].title().replace(' ', '')}Exception" if found else type(error).__name__
