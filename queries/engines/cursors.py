"""One query on a server: a session of the pool, rows that stream from it, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pyarrow as pa
from sqlalchemy import CursorResult, Engine
from sqlalchemy.exc import SQLAlchemyError

from ehrkit.queries.engines.arrow import BATCH_ROWS, Stream, stream

# Rows stream from the server; a percent sign in the text is no place for a parameter.
STREAMED = {"stream_results": True, "max_row_buffer": BATCH_ROWS, "no_parameters": True}


class ServerCursor:
    """A query that runs, in a session of its own."""

    def __init__(self, pool: Engine) -> None:
        """Take a session from the pool.

        psycopg cancels its query by itself on Ctrl-C; PyMySQL leaves it running, so that
        it has to be killed by the number of its session.
        """
        self._pool = pool
        self._connection = pool.connect().execution_options(**STREAMED)
        self._driver = self._connection.connection.dbapi_connection
        numbered = getattr(self._driver, "thread_id", None)
        self._thread = int(numbered()) if numbered else None

    def start(self, text: str, declared: pa.Schema | None) -> Stream:
        """Send a statement; return the schema of its rows and their batches."""
        try:
            result = self._connection.exec_driver_sql(text)
            names = list(result.keys())
            schema, batches = stream(names, lambda n: result.fetchmany(n), declared)
        except BaseException:
            self._connection.invalidate()
            self._connection.close()
            raise
        return schema, self._held(result, batches)

    def _held(
        self, result: CursorResult[object], batches: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        """Give the session back at the end, or leave it where the rows are not read to theirs."""
        try:
            yield from batches
        except BaseException:
            self._leave(result)
            raise
        finally:
            self._connection.close()

    def _leave(self, result: CursorResult[object]) -> None:
        if self._thread is None:
            with suppress(SQLAlchemyError):
                result.close()
            return
        self.cancel()
        # PyMySQL would read all the rest, and from a connection that is closed by then.
        unread = getattr(self._driver, "_result", None)
        if unread is not None:
            unread.unbuffered_active = False
        self._connection.invalidate()

    def cancel(self) -> None:
        """Stop the query on the server, where the driver does not do so."""
        if self._thread is not None:
            with suppress(SQLAlchemyError), self._pool.connect() as second:
                second.exec_driver_sql(f"KILL QUERY {self._thread}")
