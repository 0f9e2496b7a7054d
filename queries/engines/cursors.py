"""One query on a server: a session of the pool, rows that stream from it, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pyarrow as pa
from sqlalchemy import CursorResult, Engine
from sqlalchemy.exc import SQLAlchemyError

from ehrkit.queries.engines.arrow import BATCH_ROWS, Stream, stream

# Rows stream from the server; a percent sign in the text is no place for a parameter.
STREAMED = {"stream_results": True, "max_row_buffer": BATCH_ROWS, "no_parameters": True}
# One transaction of a session that reads only. At the usual level of isolation, a query that
# fills a table would lock the rows that it reads, and be logged for replicas to run as well.
WRITING = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE"


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
        self._fills = False

    def fill(self, table: str, query: str) -> None:
        """Fill a temporary table (MariaDB), which ends with the session; the result ends that."""
        self._fills = True
        with self._or_end():
            for statement in (WRITING, f"CREATE TEMPORARY TABLE {table} ENGINE=Aria AS\n{query}"):
                self._connection.exec_driver_sql(statement)
            self._connection.commit()

    def start(self, text: str, declared: pa.Schema | None) -> Stream:
        """Send a statement; return the schema of its rows and their batches."""
        with self._or_end():
            result = self._connection.exec_driver_sql(text)
            names = list(result.keys())
            schema, batches = stream(names, lambda n: result.fetchmany(n), declared)
        return schema, self._held(result, batches)

    @contextmanager
    def _or_end(self) -> Iterator[None]:
        """End the session where it fails."""
        try:
            yield
        except BaseException:
            self._connection.invalidate()
            self._connection.close()
            raise

    def _held(
        self, result: CursorResult[object], batches: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        """Give the session back at the end, or leave it where the rows are not read to theirs."""
        try:
            yield from batches
        except BaseException:
            self._leave(result)
            raise
        else:
            if self._fills:
                self._connection.invalidate()
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
