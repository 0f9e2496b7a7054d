"""Parts that are read more than once become tables on MariaDB and Spark, and leave no trace."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pymysql.err import MySQLError
from sqlalchemy import event

from ehrkit.core.errors import EngineError
from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.canonical.build import code_table, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling import compile_cohort
from ehrkit.queries.dialects import render
from ehrkit.queries.engines import Engine, open_engine
from ehrkit.queries.engines.staging import Pieces, staged
from ehrkit.queries.reading import load_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from tests.queries.databases import ON_SPARK, Databases, ServerFiller

VISITS = pa.table({"PERSON": ["a", "a", "b"], "DAY": ["2024-01-01", "2024-01-09", "2024-02-30"]})
# `visits` and `counts` are read twice, `once` by nothing but `counts`.
SHARED = (
    "WITH visits AS (SELECT v.PERSON AS person, v.DAY AS day FROM VISIT AS v), "
    "once AS (SELECT v.person AS person, 1 AS one FROM visits AS v), "
    "counts AS (SELECT o.person AS person, SUM(o.one) AS n FROM once AS o GROUP BY o.person) "
    "SELECT v.person AS person, a.n AS n, b.n AS m FROM visits AS v "
    "JOIN counts AS a ON a.person = v.person JOIN counts AS b ON b.n = a.n "
    "ORDER BY v.person, v.day"
)
ROWS = [("a", 2, 2), ("a", 2, 2), ("b", 1, 1)]
COHORTS = ("lumbar-fusion-ed-30d", "spinal-fusion-readmission-90d", "spine-surgery-complications")
TABLES = ["ehrkit_visits", "ehrkit_counts"]
SHARING = ["mariadb", ON_SPARK]


def rows(engine: Engine, text: str = SHARED) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in engine.run(parse(text)).read_all().to_pylist()]


def stages(statement: Node) -> list[str]:
    return [stage.table for stage in staged(statement).stages]


def test_parts_that_are_read_twice_are_taken_out() -> None:
    statement = parse(SHARED)
    pieces = staged(statement)
    assert [(stage.table, stage.part) for stage in pieces.stages] == [
        ("ehrkit_visits", "visits"),
        ("ehrkit_counts", "counts"),
    ]
    assert [cte.alias for stage in pieces.stages for cte in stage.query.ctes] == ["once"]
    assert "FROM ehrkit_visits AS v JOIN ehrkit_counts AS a" in pieces.final.sql()
    assert [cte.alias for cte in pieces.stages[1].step.ctes] == ["once", "counts"]
    assert statement == parse(SHARED), "the statement itself stays as it is"


def test_lists_of_codes_and_parts_that_nothing_reads_stay() -> None:
    statement = parse(
        "WITH codes AS (SELECT 1 AS x), more AS (SELECT c.x AS x FROM codes AS c), "
        "unread AS (SELECT d.DAY AS day FROM dated AS d JOIN dated AS e ON d.day = e.day), "
        "dated AS (SELECT v.DAY AS day FROM VISIT AS v) "
        "SELECT d.day AS day FROM dated AS d JOIN more AS a ON 1 = 1 JOIN more AS b ON a.x = b.x"
    )
    statement.ctes[0].set("this", code_table([("a", 1)], ["x", "y"]))
    assert stages(statement) == []


@pytest.mark.parametrize("where", ["x.visits", '"visits"'])
def test_a_table_of_the_database_is_no_part(where: str) -> None:
    text = f"WITH visits AS (SELECT t.A AS a FROM {where} AS t) SELECT v.a AS a FROM visits AS v"
    assert stages(parse(text)) == []


@pytest.mark.parametrize(("schema", "shape"), [("epic-clarity", "clarity"), ("omop-5.4", "omop")])
def test_the_pieces_of_a_cohort_give_the_rows_of_the_whole(
    tmp_path: Path, schema: str, shape: str
) -> None:
    generate(tmp_path / "site", Spec(60, 5), (shape,))
    with open_engine(str(tmp_path / "site" / shape)) as engine:
        for name in COHORTS:
            statement = compile_cohort(load_cohort(name), load_adapter(schema))
            whole = engine._connection.sql(render(statement, "duckdb")).fetchall()
            assert len(whole) > 3
            pieces = staged(statement)
            assert len(pieces.stages) > 5
            assert in_pieces(engine._connection, pieces) == whole, name


def in_pieces(connection: Any, pieces: Pieces) -> list[tuple[Any, ...]]:
    for stage in pieces.stages:
        text = render(stage.query, "duckdb")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {stage.table} AS {text}")
    return connection.sql(render(pieces.final, "duckdb")).fetchall()


@pytest.mark.parametrize("dialect", SHARING)
def test_the_rows_are_those_of_the_whole(databases: Databases, dialect: str) -> None:
    assert rows(databases.open(dialect, {"VISIT": VISITS})) == ROWS


@pytest.fixture
def server_engine(databases: Databases) -> Engine:
    return databases.open("mariadb", {"VISIT": VISITS})


def ids(server: ServerFiller) -> set[int]:
    return {row[0] for row in server.execute("SELECT id FROM information_schema.processlist")}


def gone(left: Callable[[], object]) -> bool:
    return any(not left() or time.sleep(0.1) for _ in range(100))


@contextmanager
def seen(engine: Engine, hear: Any) -> Iterator[None]:
    event.listen(engine._pool, "after_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(engine._pool, "after_cursor_execute", hear)


def test_mariadb_fills_tables_without_locks_and_forgets_them(
    databases: Databases, server_engine: Engine
) -> None:
    server, texts, sessions = databases.server("mariadb"), [], set()
    schema = server.schemas[server_engine]
    server.execute("SET SESSION innodb_lock_wait_timeout = 1")

    def hear(connection: Any, cursor: Any, text: str, *_: Any) -> None:
        texts.append(text)
        sessions.add(connection.connection.dbapi_connection.thread_id())
        if text.startswith("CREATE"):
            server.execute(f"UPDATE {schema}.VISIT SET DAY = '2024-03-01'")

    with seen(server_engine, hear):
        assert rows(server_engine) == ROWS
    filled = [text.split()[3] for text in texts if text.startswith("CREATE TEMPORARY TABLE")]
    assert filled == TABLES
    assert len(sessions) == 1
    assert gone(lambda: sessions & ids(server)), "the session that held them is closed"
    assert server_engine._pool.pool.checkedout() == 0


def test_a_session_with_tables_reads_only(databases: Databases, server_engine: Engine) -> None:
    """Once they are filled, a write in the session of the result is refused as before."""
    said = []

    def before(connection: Any, cursor: Any, text: str, *_: Any) -> None:
        if "FROM ehrkit_visits" in text and text.startswith("SELECT"):
            with connection.connection.dbapi_connection.cursor() as other:
                for write in ("DELETE FROM VISIT", "CREATE TABLE made (a INT)"):
                    with pytest.raises(MySQLError) as caught:
                        other.execute(write)
                    said.append(caught.value.args[0])

    event.listen(server_engine._pool, "before_cursor_execute", before)
    try:
        assert rows(server_engine) == ROWS
    finally:
        event.remove(server_engine._pool, "before_cursor_execute", before)
    assert said == [1792, 1792]


def test_mariadb_without_the_right_runs_the_whole(
    databases: Databases, server_engine: Engine
) -> None:
    server = databases.server("mariadb")
    schema = server.schemas[server_engine]
    server.execute("CREATE USER IF NOT EXISTS reader@localhost")
    server.execute(f"GRANT SELECT ON {schema}.* TO reader@localhost")
    texts: list[str] = []
    told: list[str] = []

    def hear(connection: Any, cursor: Any, text: str, *_: Any) -> None:
        texts.append(text)

    with open_engine(server.url(schema, user="reader")) as engine, seen(engine, hear):
        engine.tell = told.append
        assert rows(engine) == rows(engine) == ROWS
        assert not [text for text in texts if text.startswith("CREATE")]
        assert sum(text.startswith("WITH visits AS") for text in texts) == 2
    (note,) = told
    assert "GRANT CREATE TEMPORARY TABLES" in note
    server.execute(f"GRANT CREATE TEMPORARY TABLES ON {schema}.* TO reader@localhost")
    with open_engine(server.url(schema, user="reader")) as engine, seen(engine, hear):
        assert rows(engine) == ROWS
        assert sum(text.startswith("CREATE TEMPORARY") for text in texts) == len(TABLES)


def test_mysql_gets_the_whole(databases: Databases, server_engine: Engine) -> None:
    server = databases.server("mariadb")
    texts: list[str] = []
    with open_engine(server.url(server.schemas[server_engine])) as engine:
        engine._pool.dialect.is_mariadb = False
        with seen(engine, lambda connection, cursor, text, *_: texts.append(text)):
            assert rows(engine) == ROWS
    assert [text for text in texts if text.startswith("WITH visits AS")]
    assert not [text for text in texts if text.startswith("CREATE")]


def test_an_address_of_mysql_finds_mariadb(databases: Databases, server_engine: Engine) -> None:
    server = databases.server("mariadb")
    address = server.url(server.schemas[server_engine]).replace("mariadb://", "mysql://")
    texts: list[str] = []

    def hear(connection: Any, cursor: Any, text: str, *_: Any) -> None:
        texts.append(text)

    with open_engine(address) as engine, seen(engine, hear):
        assert rows(engine) == ROWS
    assert [text for text in texts if text.startswith("CREATE TEMPORARY TABLE ehrkit_")]


def test_a_text_that_is_no_date_is_null_in_a_table_too(server_engine: Engine) -> None:
    text = SHARED.replace("v.DAY AS day", "EHR_TO_DATE(v.DAY) AS day").replace("a.n AS n", "v.day")
    assert [row[1] is None for row in rows(server_engine, text)] == [False, False, True]


STEPS = {
    "visits": SHARED.replace("v.DAY AS day", "v.NOT_THERE AS day"),
    "once": SHARED.replace("1 AS one", "v.not_there AS one"),
    "counts": SHARED.replace("SUM(o.one)", "SUM(o.not_there)"),
    "last": SHARED.replace(
        ") SELECT", "), last AS (SELECT c.not_there AS n FROM counts AS c) SELECT"
    ).replace(
        "JOIN counts AS b ON b.n = a.n", "JOIN counts AS b ON b.n = a.n JOIN last AS l ON 1=1"
    ),
}


@pytest.mark.parametrize("dialect", SHARING)
@pytest.mark.parametrize("step", STEPS)
def test_the_step_that_fails_is_named(databases: Databases, dialect: str, step: str) -> None:
    engine = databases.open(dialect, {"VISIT": VISITS})
    with pytest.raises(EngineError) as caught:
        engine.run(parse(STEPS[step]))
    assert str(caught.value.where).endswith(f", step {step}")
    assert rows(engine) == ROWS


@pytest.mark.parametrize("dialect", [ON_SPARK])
def test_spark_names_the_step_with_a_value_that_does_not_fit(
    databases: Databases, dialect: str
) -> None:
    engine = databases.open(dialect, {"VISIT": VISITS})
    for step, text in {
        "visits": SHARED.replace("v.DAY AS day", "EHR_TO_DATE(v.DAY) AS day"),
        "once": SHARED.replace("1 AS one", "EHR_DAY_DIFF(EHR_TO_DATE(v.day), '2024-01-01') AS one"),
    }.items():
        with pytest.raises(EngineError, match="does not fit the type") as caught:
            engine.run(parse(text)).read_all()
        assert str(caught.value.where).endswith(f", step {step}")
    assert views(engine) == []


def views(engine: Engine) -> list[str]:
    """The views of shared parts, beside the tables that other tests put into the session."""
    names = [table.name for table in engine._session.catalog.listTables()]
    return [name for name in names if re.match(r"ehrkit_\d", name)]


@pytest.mark.parametrize("dialect", [ON_SPARK])
def test_results_on_spark_do_not_share_views(databases: Databases, dialect: str) -> None:
    engine = databases.open(dialect, {"VISIT": VISITS})
    first = engine.run(parse(SHARED))
    engine = databases.open(dialect, {"VISIT": VISITS.slice(2)})
    second = engine.run(parse(SHARED))
    assert views(engine) == []
    assert second.read_all().num_rows == 1
    assert first.read_all().num_rows == 3


SLOW = (
    "WITH slow AS (SELECT COUNT(*) AS n FROM NUMBERS AS a JOIN NUMBERS AS b ON a.N <> b.N "
    "JOIN NUMBERS AS c ON b.N <> c.N JOIN NUMBERS AS d ON c.N <> d.N) "
    "SELECT s.n AS n FROM slow AS s JOIN slow AS t ON s.n = t.n"
)


@pytest.mark.parametrize("dialect", SHARING)
def test_an_interrupt_stops_what_fills_a_table(databases: Databases, dialect: str) -> None:
    engine = databases.open(dialect, {"NUMBERS": pa.table({"N": pa.array(range(3000))})})
    threading.Timer(5, os.kill, (os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        engine.run(parse(SLOW))
    assert 4 < time.monotonic() - started < 30
    assert gone(lambda: running(databases, engine))
    one = parse("SELECT COUNT(*) AS n FROM NUMBERS AS a")
    assert engine.run(one).read_all().to_pylist() == [{"n": 3000}]


def running(databases: Databases, engine: Engine) -> list[Any]:
    if engine.dialect == "spark":
        return list(engine._session.sparkContext.statusTracker().getActiveJobsIds())
    return databases.server("mariadb").execute(
        "SELECT id FROM information_schema.processlist "
        "WHERE info LIKE '%NUMBERS AS d%' AND id <> CONNECTION_ID()"
    )
