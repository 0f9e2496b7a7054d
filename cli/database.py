"""The options that say which database a command reads, in one place."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ehrkit.cli.options import say
from ehrkit.core.errors import UsageError

if TYPE_CHECKING:
    from ehrkit.queries.engines import Engine

R = TypeVar("R")
DB_HELP = (
    "A DuckDB or SQLite file; a folder of Parquet or CSV files; a server such as "
    "postgresql://host/name, without a password (it is taken from EHRKIT_DB_PASSWORD); "
    "spark://local, spark://host:port or sc://host; or env:NAME, a variable that holds the address."
)
TABLE_HELP = "Add a Parquet or CSV file as a table, such as DEVICE_DAY=daily.parquet (DuckDB)."


@dataclass(frozen=True)
class Database:
    """A database that a command reads, where its tables are, and files that it adds."""

    address: str
    catalog: str | None
    db_schema: str | None
    extra: Mapping[str, Path]

    def open(self) -> Engine:
        """Open it for reading."""
        from ehrkit.queries.engines import open_engine

        engine = open_engine(
            self.address, catalog=self.catalog, db_schema=self.db_schema, extra=self.extra
        )
        engine.tell = say
        return engine


def place_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add --catalog and --db-schema; the command gets `catalog` and `db_schema`."""
    for option in (
        click.option("--db-schema", help="The schema that holds the tables, such as dbo."),
        click.option("--catalog", help="The catalog that holds the schema, such as clarity."),
    ):
        function = option(function)
    return function


def database_options(*, required: bool = True) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Add --db, --catalog, --db-schema and --table; the command gets `database: Database`.

    Where the database is not required, the command gets None without --db.
    """

    def add(function: Callable[..., R]) -> Callable[..., R]:
        @click.option("--db", "address", required=required, help=DB_HELP)
        @place_options
        @click.option("--table", "tables", multiple=True, metavar="NAME=FILE", help=TABLE_HELP)
        @functools.wraps(function)
        def command(
            *args: Any,
            address: str | None,
            catalog: str | None,
            db_schema: str | None,
            tables: tuple[str, ...],
            **kwargs: Any,
        ) -> R:
            extra = dict(_named_file(pair) for pair in tables)
            found = Database(address, catalog, db_schema, extra) if address else None
            return function(*args, database=found, **kwargs)

        return command

    return add


def _named_file(pair: str) -> tuple[str, Path]:
    name, sign, file = pair.partition("=")
    if not (name.isidentifier() and sign and file):
        raise UsageError(
            "must be NAME=FILE", where="--table", hint="Such as --table DEVICE_DAY=daily.parquet"
        )
    return name.upper(), Path(file)
