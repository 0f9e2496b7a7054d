"""Spark: a local session, a cluster's master, or a Spark Connect server."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import partial
from itertools import count, islice
from typing import Any

import pyarrow as pa
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import StorageLevel
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import SparkSession

from ehrkit.core.errors import EngineError
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.dialects import render
from ehrkit.queries.engines.arrow import Stream, stream
from ehrkit.queries.engines.base import Engine
from ehrkit.queries.engines.failures import CHECK_SCHEMA, CHECK_VALUES, Failure
from ehrkit.queries.engines.names import ANYWHERE, FoundTable, Place
from ehrkit.queries.engines.staging import PREFIX, staged
from ehrkit.queries.engines.worker import Worker

LOCAL = "spark://local"
CONNECT = "sc://"
# PySpark logs the text of every error here, and that text may quote data.
TALKATIVE = "SQLQueryContextLogger"
SETTINGS = {
    # TIMESTAMP means an instant without a zone, as in ehrkit's contract, and errors are errors.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    # What Spark infers of rows that are kept goes wrong in a UNION of them: "key not found".
    "spark.sql.constraintPropagation.enabled": "false",
}
# The JVM writes its log to our standard error, with data values where a task fails.
QUIET = {"spark.log.level": "OFF", "spark.ui.showConsoleProgress": "false"}
# A partition of a result passes through the driver whole, so a large one may be too much for it.
MEMORY = Failure(
    "Spark ran out of memory",
    "Give it more, as with PYSPARK_SUBMIT_ARGS='--driver-memory 4g pyspark-shell'.",
)
EXHAUSTED = ("OutOfMemoryError", "TaskResultLost", "spark.driver.maxResultSize")
# Engines of one process share a session, and so the names of its views.
RUNS = count(1)


class SparkEngine(Engine):
    """A Spark session."""

    dialect = "spark"
    errors = (PySparkException, Py4JError)

    def __init__(self, session: SparkSession, name: str, place: Place = ANYWHERE) -> None:
        """Take over a session."""
        super().__init__(name, place)
        self._session = session
        self._worker = Worker(self._cancel)
        for key, value in SETTINGS.items():
            session.conf.set(key, value)
        logging.getLogger(TALKATIVE).disabled = True

    def close(self) -> None:
        """Stop the session."""
        self._worker.close()
        self._session.stop()

    def _look_up(self, tables: set[str]) -> dict[str, FoundTable]:
        found = {}
        for table in tables:
            parts = [self.place.catalog, self.place.db_schema, table]
            name = ".".join(f"`{part}`" for part in parts if part)
            if self._session.catalog.tableExists(name):
                columns = self._session.table(name).columns
                found[table] = FoundTable(table, {column.upper(): column for column in columns})
        return found

    def _begin(self, located: Node, declared: pa.Schema | None) -> Stream:
        """Keep the rows of parts that are read more than once until the result is there."""
        pieces = staged(located, f"{PREFIX}{next(RUNS)}_")
        with ExitStack() as views:
            for stage in pieces.stages:
                text = render(stage.query, self.dialect)
                with self._watched(stage.step):
                    self._worker.do(partial(self._view, stage.table, text))
                views.callback(self._drop, stage.table)
            return super()._begin(pieces.final, declared)

    def _view(self, name: str, text: str) -> None:
        self._session.sql(text).localCheckpoint().createOrReplaceTempView(name)

    def _drop(self, view: str) -> None:
        with suppress(*self.errors, OSError):
            self._session.catalog.dropTempView(view)

    def _start(self, text: str, declared: pa.Schema | None) -> Stream:
        schema, batches = self._worker.do(lambda: self._sent(text, declared))
        return schema, self._worker.each(batches)

    def _sent(self, text: str, declared: pa.Schema | None) -> Stream:
        """Run a statement to its end, put its rows on disk, and read them from there.

        A DataFrame's own iterator does not do: Spark 4 keeps in the driver's memory what it
        fetched, since the query was over by then (DAGScheduler.activeQueryToJobs).
        """
        frame = self._session.sql(text).localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)
        rows = (frame if self.name.startswith(CONNECT) else frame.rdd).toLocalIterator()

        def fetch(count: int) -> Sequence[Sequence[Any]]:
            return list(islice(rows, count))

        return stream(frame.columns, fetch, declared)

    def _cancel(self) -> None:
        self._session.interruptAll()

    def _failure(self, error: Exception) -> Failure:
        kind = _condition(error)
        if any(sign in str(error) for sign in EXHAUSTED):
            return MEMORY
        if isinstance(error, AnalysisException):
            return Failure(f"the database refuses the statement ({kind})", CHECK_SCHEMA, True)
        if isinstance(error, PySparkException | Py4JJavaError):
            return Failure(f"the database failed ({kind})", CHECK_VALUES, True)
        return Failure(f"the connection to Spark is lost ({type(error).__name__})")


def _condition(error: Exception) -> str:
    """Return Spark's name of the error, such as DIVIDE_BY_ZERO, which holds no data."""
    found = error.getCondition() if isinstance(error, PySparkException) else None
    return found or type(error).__name__


def open_spark(address: str, place: Place) -> SparkEngine:
    """Open a session on `spark://local`, a master `spark://host:port`, or Connect `sc://host`.

    Raises:
        EngineError: it cannot be reached.
    """
    builder = SparkSession.builder.appName("ehrkit")
    if address.startswith(CONNECT):
        builder = builder.remote(address)
    else:
        builder = builder.master("local[*]" if address == LOCAL else address)
    try:
        for key, value in QUIET.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError):
        raise EngineError("Spark cannot be reached", where=address) from None
    return SparkEngine(session, address, place)
