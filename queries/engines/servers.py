"""Servers, through SQLAlchemy and the driver of each; rows are streamed, never held at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy import Engine as Pool
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from ehrkit.core.errors import UsageError
from ehrkit.queries.engines.addresses import backend, shown
from ehrkit.queries.engines.arrow import BATCH_ROWS, Stream, stream
from ehrkit.queries.engines.base import Engine
from ehrkit.queries.engines.failures import Failure
from ehrkit.queries.engines.names import ANYWHERE, FoundTable, Place
from ehrkit.queries.engines.server_failures import server_failure

# Rows stream from the server; a percent sign in the text is no place for a parameter.
STREAMED = {"stream_results": True, "max_row_buffer": BATCH_ROWS, "no_parameters": True}


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
        self._running: DBAPIConnection | None = None
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
        with self._pool.connect() as connection:
            inspector: Inspector = inspect(connection)
            schema = self._schema()
            spelt = {
                name.upper(): name for name in _names(inspector, schema) if name.upper() in tables
            }
            columns = inspector.get_multi_columns(
                schema=schema, filter_names=list(spelt.values()), kind=ObjectKind.ANY
            )
        by_name = {name: found for (_, name), found in columns.items()}
        return {
            upper: FoundTable(name, {one["name"].upper(): one["name"] for one in by_name[name]})
            for upper, name in spelt.items()
            if name in by_name
        }

    def _schema(self) -> str | None:
        """Return the schema as SQLAlchemy names it, with its catalog where there are several."""
        catalog, schema = self.place.catalog, self.place.db_schema
        several = backend(self._pool.url).catalogs
        return f"{catalog}.{schema}" if several and catalog and schema else schema

    def _start(self, text: str, declared: pa.Schema | None) -> Stream:
        connection = self._pool.connect().execution_options(**STREAMED)
        self._running = connection.connection.dbapi_connection
        try:
            result = connection.exec_driver_sql(text)
            schema, batches = stream(
                list(result.keys()),
                lambda count: [tuple(row) for row in result.fetchmany(count)],
                declared,
            )
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        return schema, self._held(connection, batches)

    def _held(
        self, connection: Connection, batches: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        """Give the connection back at the end; one that is left half-read is thrown away."""
        try:
            yield from batches
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def _cancel(self) -> None:
        """Stop the query: by the driver, or from a second session where that is the way."""
        with suppress(SQLAlchemyError):
            thread = getattr(self._running, "thread_id", None)
            if thread is not None:
                with self._pool.connect() as second:
                    second.exec_driver_sql(f"KILL QUERY {int(thread())}")

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


def open_server(url: URL, place: Place) -> ServerEngine:
    """Connect to a server.

    Raises:
        UsageError: its driver is not installed; what to install is named. The catalog is
            not the one of the address, and the server looks into one alone.
        EngineError: it cannot be reached, or refuses.
    """
    named = (url.database or "").split("/")[0]
    if place.catalog not in (None, named) and not backend(url).catalogs:
        raise UsageError(
            f"a session of {url.get_backend_name()} reads one catalog, that of its address",
            where="--catalog",
            hint="Name it in --db.",
        )
    try:
        pool = create_engine(url)
    except (ImportError, NoSuchModuleError):
        raise UsageError(
            f"no driver for {url.get_backend_name()} is installed",
            where="--db",
            hint=f"pip install '{backend(url).install}'",
        ) from None
    engine = ServerEngine(pool, place)
    engine.check()
    return engine
