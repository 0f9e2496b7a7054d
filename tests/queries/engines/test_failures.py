"""A failure names the database, the step and what to do, and never shows the driver's text."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from ehrkit.core.errors import DataError, EngineError
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.engines import Engine, open_engine
from tests.queries.databases import EXECUTED, ON_SPARK, Databases

SECRET = "s3cret-word"
TABLE = pa.table({"A": ["2020-01-01", SECRET], "N": ["1", "0"]})
QUERY = (
    "WITH visits AS (SELECT t.A AS a, t.N AS n FROM T AS t), "
    "dated AS (SELECT {expression} AS d, v.n AS n FROM visits AS v), "
    "unused AS (SELECT v.a AS a FROM visits AS v), "
    "counted AS (SELECT d.d AS d FROM dated AS d WHERE d.n = '0') "
    "SELECT c.d AS d FROM counted AS c"
)
# MariaDB and SQLite answer NULL where a text is no date; what they cannot do is asked of them.
BAD_VALUE = "EHR_TO_DATE(v.a)"
HERE = ["duckdb", "postgres", ON_SPARK]


@pytest.fixture(params=EXECUTED)
def engine(request: pytest.FixtureRequest, databases: Databases) -> Engine:
    return databases.open(request.param, {"T": TABLE})


def failure(engine: Engine, text: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        engine.run(parse(text)).read_all()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    return caught.value


def test_a_column_that_is_not_there_names_its_step(engine: Engine) -> None:
    error = failure(engine, QUERY.format(expression="EHR_TO_DATE(v.no_such_column)"))
    assert str(error.where).endswith(", step dated")
    assert "ehrkit schema check" in str(error.hint)


def test_a_table_that_is_not_there_names_its_step(engine: Engine) -> None:
    error = failure(engine, QUERY.format(expression="v.a").replace("FROM T ", "FROM TT "))
    assert str(error.where).endswith(", step visits")


@pytest.mark.parametrize("dialect", HERE)
def test_a_value_that_does_not_fit_names_its_step(
    databases: Databases, dialect: str, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = databases.open(dialect, {"T": TABLE})
    error = failure(engine, QUERY.format(expression=BAD_VALUE))
    assert str(error.where).endswith(", step dated")
    assert "does not fit the type" in str(error.hint)
    said = capfd.readouterr()
    assert SECRET not in said.out + said.err, "nor does a driver log it"


@pytest.mark.parametrize("dialect", HERE)
def test_the_final_select_is_no_step(databases: Databases, dialect: str) -> None:
    engine = databases.open(dialect, {"T": TABLE})
    error = failure(engine, f"SELECT {BAD_VALUE} AS d FROM T AS v")
    assert error.where == engine.name


def test_an_engine_goes_on_after_a_failure(engine: Engine) -> None:
    failure(engine, QUERY.format(expression="v.no_such_column"))
    assert engine.run(parse("SELECT COUNT(*) AS n FROM T AS t")).read_all().to_pylist() == [
        {"n": 2}
    ]


@pytest.mark.parametrize("dialect", [ON_SPARK])
@pytest.mark.parametrize("said", ["java.lang.OutOfMemoryError: Java heap", "TaskResultLost (x)"])
def test_memory_that_is_full_is_no_value_that_does_not_fit(
    databases: Databases, dialect: str, said: str
) -> None:
    from pyspark.errors import PySparkException

    failure = databases.open(dialect, {"T": TABLE})._failure(PySparkException(said))
    assert failure.what == "Spark ran out of memory"
    assert not failure.in_statement and "--driver-memory" in str(failure.hint)


KILLS = {
    "postgres": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE state = 'idle in transaction'",
    "mariadb": "SELECT id FROM information_schema.processlist "
    "WHERE info LIKE '%killed_here%' AND id <> CONNECTION_ID()",
}


@pytest.mark.parametrize("dialect", KILLS)
def test_a_connection_that_is_killed_in_mid_stream(databases: Databases, dialect: str) -> None:
    rows = pa.table({"N": pa.array(range(1000), pa.int64()), "W": ["x" * 100] * 1000})
    engine = databases.open(dialect, {"ROWS": rows})
    server = databases.server(dialect)
    text = "SELECT a.N AS killed_here, a.W AS w FROM ROWS AS a JOIN ROWS AS b ON 1 = 1"
    batches: Iterator[pa.RecordBatch] = iter(engine.run(parse(text)))
    assert next(batches).num_rows > 0
    killed = server.execute(KILLS[dialect])
    assert len(killed) == 1
    if dialect == "mariadb":
        server.execute(f"KILL {killed[0][0]}")
    with pytest.raises(EngineError, match="connection to the server was lost") as caught:
        list(batches)
    assert caught.value.where == engine.name
    assert engine.run(parse("SELECT COUNT(*) AS n FROM ROWS AS a")).read_all().num_rows == 1


UNREACHABLE = [
    ("postgresql://localhost:1/clarity", "cannot be reached", "postgresql://localhost/clarity"),
    ("mariadb://localhost:1/clarity", "cannot be reached", "mariadb://localhost/clarity"),
    (
        "postgresql://no-such-host.invalid/x",
        "cannot be reached",
        "postgresql://no-such-host.invalid/x",
    ),
]


@pytest.mark.parametrize(("address", "what", "where"), UNREACHABLE)
def test_a_server_that_is_not_there(address: str, what: str, where: str) -> None:
    with pytest.raises(EngineError, match=what) as caught:
        open_engine(address)
    assert caught.value.where == where
    assert caught.value.hint


@pytest.mark.parametrize("dialect", ["postgres", "mariadb"])
def test_a_database_that_is_not_there(databases: Databases, dialect: str) -> None:
    address = databases.server(dialect).url(database="no_such_chart")
    with pytest.raises(EngineError, match="no such database") as caught:
        open_engine(address)
    assert "no_such_chart" in str(caught.value.where)


@pytest.mark.parametrize(
    ("value", "declared"),
    [("abc", pa.int64()), ("1.5", pa.int64()), ("abc", pa.float64()), ("2020-13-01", pa.date32())],
)
def test_a_value_that_the_declared_type_cannot_hold(
    databases: Databases, value: str, declared: pa.DataType
) -> None:
    engine = databases.open("sqlite", {"T": pa.table({"A": [value]})})
    with pytest.raises(DataError, match="holds values that its type cannot") as caught:
        engine.run(parse("SELECT t.A AS a FROM T AS t"), pa.schema([("a", declared)])).read_all()
    assert caught.value.where == "column a"
    assert value not in str(caught.value)
