"""The same Arrow tables on every engine that ehrkit executes, as open engines.

    engine = databases.open("mariadb", {"PATIENT": pa.table({"PAT_ID": ["1"]})})

Tables of the same names and types are emptied and filled again, so that hundreds
of calls are cheap; an engine is good until the next call for its dialect. Dates
and times are real ones, but ISO text on SQLite, which has none.
"""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ehrkit.queries.engines import Engine, open_engine
from ehrkit.queries.engines.duckdb import DuckDbEngine
from ehrkit.queries.engines.sqlite import SqliteEngine
from tests.conftest import skip_or_fail_engine
from tests.queries import servers

Tables: TypeAlias = Mapping[str, pa.Table]
Shape: TypeAlias = tuple[tuple[str, pa.Schema], ...]

# One JVM is enough: under xdist all tests on Spark run in one worker.
ON_SPARK = pytest.param("spark", marks=pytest.mark.xdist_group("spark"))
EXECUTED = ["duckdb", "sqlite", "postgres", "mariadb", ON_SPARK]

SHORT = 190
TYPES = {
    "postgres": {"bool": "BOOLEAN", "int": "BIGINT", "double": "DOUBLE PRECISION", "date": "DATE",
                 "timestamp": "TIMESTAMP", "string": "TEXT"},
    "mariadb": {"bool": "BOOLEAN", "int": "BIGINT", "double": "DOUBLE", "date": "DATE",
                "timestamp": "DATETIME(6)", "large_string": "TEXT", "string": f"VARCHAR({SHORT})"},
}  # fmt: skip
QUOTES = {"sqlite": '"', "postgres": '"', "mariadb": "`"}


class Databases:
    """The engines of a test session; each starts at its first use."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._fillers: dict[str, Filler] = {}

    def open(self, dialect: str, tables: Tables) -> Engine:
        """Return an engine that holds the tables; skip the test where it cannot run here."""
        return self._filler(dialect).fill(tables)

    def server(self, dialect: str) -> ServerFiller:
        """Return the running server itself; skip the test where it cannot run here."""
        filler = self._filler(dialect)
        assert isinstance(filler, ServerFiller)
        return filler

    def _filler(self, dialect: str) -> Filler:
        if dialect not in self._fillers:
            reason = lacking(dialect)
            if reason is not None:
                skip_or_fail_engine(dialect, reason)
            self._fillers[dialect] = FILLERS[dialect](self._stack)
        return self._fillers[dialect]

    def close(self) -> None:
        self._stack.close()


class Filler(ABC):
    """Puts tables into one kind of database; each shape has an engine of its own."""

    def __init__(self, stack: ExitStack) -> None:
        self._engines: dict[Shape, Engine] = {}
        stack.callback(lambda: [engine.close() for engine in self._engines.values()])

    def fill(self, tables: Tables) -> Engine:
        shape = tuple((name, _schema(table)) for name, table in sorted(tables.items()))
        if shape not in self._engines:
            self._engines[shape] = self.create(shape)
        for name, table in tables.items():
            self.load(self._engines[shape], name, table)
        return self._engines[shape]

    @abstractmethod
    def create(self, shape: Shape) -> Engine: ...

    @abstractmethod
    def load(self, engine: Any, name: str, table: pa.Table) -> None: ...


class DuckDbFiller(Filler):
    def create(self, shape: Shape) -> Engine:
        return DuckDbEngine(duckdb.connect(), "duckdb")

    def load(self, engine: Any, name: str, table: pa.Table) -> None:
        engine._connection.register("loaded", table)
        engine._connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM loaded')
        engine._connection.unregister("loaded")


class SqliteFiller(Filler):
    def create(self, shape: Shape) -> Engine:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for name, schema in shape:
            connection.execute(_create("sqlite", name, schema))
        return SqliteEngine(connection, "sqlite")

    def load(self, engine: Any, name: str, table: pa.Table) -> None:
        engine._connection.execute(f'DELETE FROM "{name}"')
        rows = [tuple(map(_plain, row)) for row in _rows(table)]
        marks = ", ".join("?" * table.num_columns)
        engine._connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)


class ServerFiller(Filler):
    """A server of our own, with one schema per shape.

    Its administrator needs no password; the user `guarded` needs `right-password`.
    """

    dialect: str
    host = ""
    guarded: tuple[str, ...]

    def __init__(self, stack: ExitStack) -> None:
        self.place = stack.enter_context(self.start())
        self._writer = self.connect()
        stack.callback(self._writer.close)
        super().__init__(stack)
        self.schemas: dict[Engine, str] = {}
        for statement in self.guarded:
            self.execute(statement)

    def create(self, shape: Shape) -> Engine:
        schema = f"shape_{len(self._engines)}"
        self.execute(f"CREATE SCHEMA {schema}")
        for name, columns in shape:
            self.execute(_create(self.dialect, name, columns, f"{schema}."))
        engine = open_engine(self.url(schema))
        self.schemas[engine] = schema
        return engine

    def load(self, engine: Any, name: str, table: pa.Table) -> None:
        where = f"{self.schemas[engine]}.{QUOTES[self.dialect]}{name}{QUOTES[self.dialect]}"
        self.execute(f"DELETE FROM {where}")
        self.insert(where, table)

    def execute(self, text: str) -> list[tuple[Any, ...]]:
        """Run a statement as an administrator."""
        with self._writer.cursor() as cursor:
            cursor.execute(text)
            return list(cursor.fetchall()) if cursor.description else []

    @abstractmethod
    def start(self) -> AbstractContextManager[Path]: ...

    @abstractmethod
    def connect(self) -> Any: ...

    @abstractmethod
    def url(self, schema: str | None = None, *, user: str = "", database: str = "") -> str:
        """Return an address without password, whose names are looked up in a schema."""

    @abstractmethod
    def insert(self, where: str, table: pa.Table) -> None: ...


class PostgresFiller(ServerFiller):
    dialect = "postgres"
    guarded = ("CREATE ROLE guarded LOGIN PASSWORD 'right-password'",)

    def start(self) -> AbstractContextManager[Path]:
        return servers.postgres()

    def connect(self) -> Any:
        import psycopg

        return psycopg.connect(
            host=str(self.place), user="ehrkit", dbname="postgres", autocommit=True,
            options="-c lock_timeout=20s",
        )  # fmt: skip

    def url(self, schema: str | None = None, *, user: str = "", database: str = "") -> str:
        path = f"&options=-csearch_path%3D{schema}" if schema else ""
        return f"postgresql://{user or 'ehrkit'}@/{database or 'postgres'}?host={self.place}{path}"

    def insert(self, where: str, table: pa.Table) -> None:
        with (
            self._writer.cursor() as cursor,
            cursor.copy(f"COPY {where} FROM STDIN") as copy,
        ):
            for row in _rows(table):
                copy.write_row(row)


class MariaDbFiller(ServerFiller):
    dialect = "mariadb"
    host = "@localhost"
    guarded = (
        "CREATE USER guarded@localhost IDENTIFIED BY 'right-password'",
        "GRANT SELECT ON mysql.* TO guarded@localhost",
    )

    def start(self) -> AbstractContextManager[Path]:
        return servers.mariadb()

    def connect(self) -> Any:
        import pymysql

        return pymysql.connect(unix_socket=str(self.place), user="root", autocommit=True)

    def url(self, schema: str | None = None, *, user: str = "", database: str = "") -> str:
        name = schema or database or "mysql"
        return f"mariadb://{user or 'root'}@/{name}?unix_socket={self.place}"

    def insert(self, where: str, table: pa.Table) -> None:
        rows = _rows(table)
        if rows:
            marks = ", ".join(["%s"] * table.num_columns)
            with self._writer.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {where} VALUES ({marks})", rows)


class SparkFiller(Filler):
    """One local session; tables are temporary views, so an engine sees those of every shape."""

    def __init__(self, stack: ExitStack) -> None:
        from ehrkit.queries.engines.spark import SparkEngine

        self._engine = SparkEngine(local_spark(), "spark")
        super().__init__(stack)

    def create(self, shape: Shape) -> Engine:
        return self._engine

    def load(self, engine: Any, name: str, table: pa.Table) -> None:
        engine._found.pop(name.upper(), None)
        engine._session.createDataFrame(table).coalesce(1).createOrReplaceTempView(name)


FILLERS: dict[str, type[Filler]] = {
    "duckdb": DuckDbFiller,
    "sqlite": SqliteFiller,
    "postgres": PostgresFiller,
    "mariadb": MariaDbFiller,
    "spark": SparkFiller,
}


def local_spark() -> Any:
    """Return a small local session: quiet, two cores, few partitions, UTC, strict."""
    from pyspark.sql import SparkSession

    from ehrkit.queries.engines.spark import QUIET

    settings = {
        **QUIET,
        "spark.ui.enabled": "false",
        "spark.driver.memory": "1g",
        # Statements of tests differ, so what the JVM compiles thoroughly is hardly used again. By
        # itself it then keeps 48 MB of compiled code, and goes astray when that is full.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = SparkSession.builder.master("local[2]").appName("ehrkit tests")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def lacking(dialect: str) -> str | None:
    """Say what this machine lacks for an engine, if anything."""
    modules = {"postgres": "psycopg", "mariadb": "pymysql", "spark": "pyspark"}
    if dialect in modules and importlib.util.find_spec(modules[dialect]) is None:
        return f"the Python package {modules[dialect]} is not installed"
    if dialect == "spark":
        return None if shutil.which("java") else "java not found"
    return servers.missing(dialect) if dialect in ("postgres", "mariadb") else None


def _schema(table: pa.Table) -> pa.Schema:
    """Return the types, with long texts apart: MariaDB has no hash joins for these."""
    schema = table.schema
    for place, field in enumerate(schema):
        if field.type == pa.string() and (_longest(table[place]) or 0) > SHORT:
            schema = schema.set(place, field.with_type(pa.large_string()))
    return schema


def _longest(texts: pa.ChunkedArray) -> int | None:
    return pc.max(pc.utf8_length(texts)).as_py()


def _create(dialect: str, name: str, schema: pa.Schema, prefix: str = "") -> str:
    mark = QUOTES[dialect]
    columns = ", ".join(
        f"{mark}{field.name}{mark} {_type(dialect, field.type)}" for field in schema
    )
    return f"CREATE TABLE {prefix}{mark}{name}{mark} ({columns}{_indexes(dialect, schema)})"


def _indexes(dialect: str, schema: pa.Schema) -> str:
    """Index identifiers on MariaDB, as every real one does: without, it joins row by row."""
    names = [one.name for one in schema if one.name.lower().endswith("_id")]
    usable = [name for name in names if "large" not in str(schema.field(name).type)]
    return "".join(f", INDEX (`{name}`)" for name in usable) if dialect == "mariadb" else ""


def _type(dialect: str, kind: pa.DataType) -> str:
    """SQLite columns have no type, so that text such as 0450 stays text."""
    if dialect == "sqlite":
        return ""
    words = str(kind)
    return next(found for word, found in TYPES[dialect].items() if word in words)


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ") if hasattr(value, "hour") else value.isoformat()
    return value
