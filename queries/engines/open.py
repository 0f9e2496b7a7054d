"""Opening what `--db` names: a file, a folder, a server, or Spark."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ehrkit.core.errors import UsageError
from ehrkit.queries.engines.base import Engine
from ehrkit.queries.engines.names import Place

FROM_ENVIRONMENT = "env:"
SPARK = ("spark://", "sc://")
SQLITE = b"SQLite format 3\x00"


def open_engine(
    database: str,
    *,
    catalog: str | None = None,
    db_schema: str | None = None,
    extra: Mapping[str, Path] | None = None,
) -> Engine:
    """Open a database for reading.

    Args:
        database: a DuckDB or SQLite file; a folder of Parquet or CSV files, one per table;
            an address that SQLAlchemy reads, such as `postgresql://host/name`;
            `spark://local`, `spark://host:port` or Spark Connect's `sc://host`;
            `env:NAME`, which takes any of these from the environment variable NAME.
            An address that is given as such holds no password: see `addresses`.
        catalog: the first part of the tables' names, where they have three.
        db_schema: the part before the table's own name.
        extra: further tables by UPPER-CASE name, as Parquet or CSV files; DuckDB alone.

    Raises:
        UsageError: there is no such file or variable, a password is on the command line, or
            a driver is missing.
        EngineError: it cannot be opened or reached.
    """
    given = database
    if database.startswith(FROM_ENVIRONMENT):
        database = _from_environment(database.removeprefix(FROM_ENVIRONMENT))
    files = dict(extra or {})
    place = Place(catalog, db_schema, frozenset(files))
    if "://" in database or _is_sqlite(Path(database)):
        if files:
            raise UsageError(
                "a file can be added as a table on DuckDB alone",
                where="--table",
                hint="Load it into the database, or into a schema of your own there.",
            )
        return _open_elsewhere(database, place, may_hold_secrets=database != given)
    path = Path(database)
    if not path.exists():
        raise UsageError(
            "there is no such database",
            where=str(path),
            hint="Check the path; `ehrkit synth` makes one.",
        )
    from ehrkit.queries.engines.duckdb import READERS, open_duckdb

    if path.is_file() and path.suffix.lower() in READERS:
        raise UsageError(
            "is one table, not a database",
            where=str(path),
            hint="Give the folder that holds it and the others: each file is a table.",
        )
    return open_duckdb(path, place, files)


def _open_elsewhere(database: str, place: Place, *, may_hold_secrets: bool) -> Engine:
    if "://" not in database:
        from ehrkit.queries.engines.sqlite import open_sqlite

        return open_sqlite(Path(database), place)
    if database.startswith(SPARK):
        return _open_spark(database, place)
    from ehrkit.queries.engines.addresses import server_address
    from ehrkit.queries.engines.open_server import open_server

    return open_server(server_address(database, may_hold_secrets=may_hold_secrets), place)


def _open_spark(address: str, place: Place) -> Engine:
    try:
        from ehrkit.queries.engines.spark import open_spark
    except ImportError:
        raise UsageError(
            "Spark's Python package is not installed",
            where="--db",
            hint="pip install 'ehrkit[spark]'; it needs Java 17 or later.",
        ) from None
    return open_spark(address, place)


def _from_environment(name: str) -> str:
    found = os.environ.get(name)
    if not found:
        raise UsageError(f"the environment variable {name} is not set", where="--db")
    return found


def _is_sqlite(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as handle:
        start = handle.read(len(SQLITE))
    return start == SQLITE or (not start and path.suffix in (".sqlite", ".sqlite3", ".db"))
