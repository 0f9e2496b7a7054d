"""MariaDB, and MySQL by the same driver: MariaDB fills temporary tables with shared parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TypeAlias

import pyarrow as pa
from sqlalchemy.exc import DBAPIError

from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.dialects import render
from ehrkit.queries.engines.arrow import Stream
from ehrkit.queries.engines.cursors import ServerCursor
from ehrkit.queries.engines.servers import ServerEngine
from ehrkit.queries.engines.staging import Pieces, staged

# Why a temporary table is refused, and what to do: "MariaDB Error Code Reference".
CANNOT_FILL = {
    1044: "Ask for GRANT CREATE TEMPORARY TABLES on the database.",
    1046: "Name a database in the address, which temporary tables can stand in.",
    1118: "A row would be too long for a table.",
}
WHOLE = (
    "Note: {}: shared parts of the statement cannot be laid aside in temporary tables, so it runs\n"
    "  whole, which may take long on a large chart. {}"
)
# Replicas of a server that logs statements would run what fills a temporary table, as well.
REPEATED = "SELECT @@log_bin AND @@binlog_format = 'STATEMENT'"

Filled: TypeAlias = Sequence[tuple[str, str]]


class CannotFillError(Exception):
    """The server refuses a temporary table, without which the statement runs as well.

    Its argument says what to do.
    """


class MariaDbEngine(ServerEngine):
    """A server of either kind.

    MySQL keeps the rows of shared parts by itself, and reads no temporary table twice. MariaDB
    without the right to temporary tables runs the statement as it is, and tells.
    """

    @cached_property
    def _fills(self) -> bool:
        with self._watched(), self._pool.connect() as connection:
            if not getattr(connection.dialect, "is_mariadb", False):
                return False
            repeated = connection.exec_driver_sql(REPEATED).scalar()
        if repeated:
            self._runs_whole("Replicas would run them too: the server logs statements.")
        return not repeated

    def _runs_whole(self, why: str) -> None:
        """Tell, and try no more in this run."""
        self._fills = False
        self.tell(WHOLE.format(self.name, why))

    def _begin(self, located: Node, declared: pa.Schema | None) -> Stream:
        pieces = staged(located)
        if pieces.stages and self._fills:
            try:
                return self._in_pieces(pieces, declared)
            except CannotFillError as refused:
                self._runs_whole(refused.args[0])
        return super()._begin(located, declared)

    def _in_pieces(self, pieces: Pieces, declared: pa.Schema | None) -> Stream:
        texts = [render(stage.query, self.dialect) for stage in pieces.stages]
        final = render(pieces.final, self.dialect)
        filled: list[tuple[str, str]] = []
        works = partial(self._works, start=partial(self._start_after, filled))
        with self._watched():
            cursor = self._running = ServerCursor(self._pool)
        for stage, text in zip(pieces.stages, texts, strict=True):
            with self._watched(stage.step, works):
                _fill(cursor, stage.table, text)
            filled.append((stage.table, text))
        with self._watched(pieces.final, works):
            schema, batches = cursor.start(final, declared)
        return schema, self._stream(pieces.final, batches, works)

    def _start_after(self, filled: Filled, text: str, declared: pa.Schema | None) -> Stream:
        """Start a part in a session of its own, where the tables that it reads are filled again."""
        cursor = self._running = ServerCursor(self._pool)
        for table, query in filled:
            cursor.fill(table, query)
        return cursor.start(text, declared)


def _fill(cursor: ServerCursor, table: str, query: str) -> None:
    try:
        cursor.fill(table, query)
    except DBAPIError as error:
        arguments = error.orig.args if error.orig is not None else ()
        if arguments and arguments[0] in CANNOT_FILL:
            raise CannotFillError(CANNOT_FILL[arguments[0]]) from None
        raise
