"""Servers, through SQLAlchemy and the driver of each; rows are streamed, never held at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    Connection,
    TableClause,
    event,
    false,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy import Engine as Pool
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ehrkit.queries.engines.addresses import backend, shown
from ehrkit.queries.engines.arrow import Stream
from ehrkit.queries.engines.base import Engine
from ehrkit.queries.engines.cursors import ServerCursor
from ehrkit.queries.engines.failures import Failure
from ehrkit.queries.engines.names import ANYWHERE, FoundTable, Place
from ehrkit.queries.engines.server_failures import server_failure


class ServerEngine(Engine):
    """A server behind a SQLAlchemy pool, which it takes over."""

    errors = (SQLAlchemyError,)

    def __init__(self, pool: Pool, place: Place = ANYWHERE) -> None:
        """Make every new session of the pool read-only where the server can."""
        super().__init__(shown(pool.url), place)
        known = backend(pool.url)
        self.dialect = known.dialect
        self.names = known.names
        self._pool = pool
        self._running: ServerCursor | None = None
        event.listen(pool, "connect", _session(known.session))

    def close(self) -> None:
        """Close the connections."""
        self._pool.dispose()

    def check(self) -> None:
        """Connect once.

        Raises:
            EngineError: the server cannot be reached, or refuses.
        """
        with self._watched(), self._pool.connect():
            pass

    def _look_up(self, tables: set[str]) -> dict[str, FoundTable]:
        schema = self._schema()
        with self._pool.connect() as connection:
            # Of names that differ in case alone, the one that the statement writes stands last.
            names = sorted(_names(inspect(connection), schema), key=lambda name: name in tables)
            spelt = {name.upper(): name for name in names if name.upper() in tables}
            return {
                upper: FoundTable(name, self._columns(connection, table(name, schema=schema)))
                for upper, name in spelt.items()
            }

    def _columns(self, connection: Connection, one: TableClause) -> dict[str, str]:
        """Ask a table for no rows: that needs no right but SELECT, which the run needs too."""
        try:
            keys = connection.execute(select(text("*")).select_from(one).where(false())).keys()
        except DBAPIError as error:
            raise self._failure(error).at(f"{self.name}, table {one.name}") from None
        return {name.upper(): name for name in keys}

    def _schema(self) -> str | None:
        """Return the schema as SQLAlchemy names it, with its catalog where there are several."""
        catalog, schema = self.place.catalog, self.place.db_schema
        several = backend(self._pool.url).catalogs
        return f"{catalog}.{schema}" if several and catalog and schema else schema

    def _start(self, text: str, declared: pa.Schema | None) -> Stream:
        self._running = ServerCursor(self._pool)
        return self._running.start(text, declared)

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _failure(self, error: Exception) -> Failure:
        original = error.orig if isinstance(error, DBAPIError) else None
        return server_failure(original or error)


def _names(inspector: Inspector, schema: str | None) -> Iterator[str]:
    yield from inspector.get_table_names(schema)
    yield from inspector.get_view_names(schema)
    with suppress(NotImplementedError):
        yield from inspector.get_materialized_view_names(schema)


def _session(statements: tuple[str, ...]) -> Any:
    def start(connection: DBAPIConnection, record: object) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
        connection.commit()

    return start
