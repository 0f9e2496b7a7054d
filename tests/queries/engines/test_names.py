"""Tables are found whatever the database does with the case of names, and where they are."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.dialects import DIALECTS, render
from ehrkit.queries.engines import Place, open_engine, qualify
from tests.queries.databases import EXECUTED, Databases

QUERY = (
    "WITH people AS (SELECT p.PAT_ID AS id, o.CODE AS code FROM PATIENT AS p "
    "JOIN PROCEDURE AS o ON o.PAT_ID = p.PAT_ID WHERE p.PAT_ID LIKE 'a%'), "
    "two AS (SELECT p.id AS id, p.code AS code FROM people AS p WHERE NOT p.code IS NULL) "
    "SELECT t.id AS id, t.code AS code FROM two AS t ORDER BY t.id"
)
ROWS = [{"id": "a1", "code": "x"}, {"id": "a2", "code": "y"}]
STYLES = {"upper": str.upper, "lower": str.lower, "mixed": str.title}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("dialect", EXECUTED)
def test_names_are_found_in_any_case(databases: Databases, dialect: str, style: str) -> None:
    spell = STYLES[style]
    engine = databases.open(
        dialect,
        {
            spell("PATIENT"): pa.table({spell("PAT_ID"): ["a1", "a2", "b1"]}),
            spell("PROCEDURE"): pa.table(
                {spell("PAT_ID"): ["a1", "a2", "b1"], spell("CODE"): ["x", "y", "z"]}
            ),
        },
    )
    assert engine.columns(["PATIENT", "PROCEDURE", "NONE"]) == {
        "PATIENT": {"PAT_ID"},
        "PROCEDURE": {"PAT_ID", "CODE"},
    }
    assert engine.run(parse(QUERY)).read_all().to_pylist() == ROWS


def test_tables_that_differ_in_case_alone_are_not_mixed_up(databases: Databases) -> None:
    server = databases.server("mariadb")
    server.execute("CREATE SCHEMA twins")
    for name, value in (("PATIENT", "upper"), ("patient", "lower")):
        server.execute(f"CREATE TABLE twins.`{name}` AS SELECT '{value}' AS PAT_ID")
    with open_engine(server.url("twins")) as engine:
        found = engine.run(parse("SELECT p.PAT_ID AS id FROM PATIENT AS p")).read_all()
    assert found.to_pylist() == [{"id": "upper"}]


@pytest.mark.parametrize("dialect", ["postgres", "mariadb"])
@pytest.mark.parametrize("schema", ["clarity_v1", "Clarity-2"])
def test_a_schema_holds_the_tables(databases: Databases, dialect: str, schema: str) -> None:
    server = databases.server(dialect)
    mark = "`" if dialect == "mariadb" else '"'
    server.execute(f"CREATE SCHEMA IF NOT EXISTS {mark}{schema}{mark}")
    server.execute(f"CREATE TABLE {mark}{schema}{mark}.visit AS SELECT 7 AS n")
    query = parse("SELECT v.N AS n FROM VISIT AS v")
    with open_engine(server.url(), db_schema=schema) as engine:
        assert engine.columns(["VISIT"]) == {"VISIT": {"N"}}
        assert engine.run(query).read_all().to_pylist() == [{"n": 7}]
    with open_engine(server.url()) as engine:
        assert engine.columns(["VISIT"]) == {}
        with pytest.raises(EngineError, match="lacks a table or a column"):
            engine.run(query)


def test_views_are_tables_too(databases: Databases) -> None:
    for dialect in ("postgres", "mariadb"):
        server = databases.server(dialect)
        server.execute("CREATE SCHEMA views")
        server.execute("CREATE VIEW views.v_patient AS SELECT 1 AS pat_id")
        with open_engine(server.url(), db_schema="views") as engine:
            assert engine.columns(["V_PATIENT"]) == {"V_PATIENT": {"PAT_ID"}}


@pytest.mark.parametrize("dialect", ["postgres", "mariadb"])
def test_a_table_that_the_user_may_not_read_is_named(
    databases: Databases, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = databases.server(dialect)
    server.execute("CREATE SCHEMA closed")
    server.execute("CREATE TABLE closed.patient AS SELECT 1 AS a")
    server.execute("CREATE TABLE closed.visit AS SELECT 1 AS a")
    server.execute("GRANT SELECT ON closed.visit TO guarded" + server.host)
    if dialect == "postgres":
        server.execute("GRANT USAGE ON SCHEMA closed TO guarded")
    monkeypatch.setenv("EHRKIT_DB_PASSWORD", "right-password")
    with open_engine(server.url(user="guarded"), db_schema="closed") as engine:
        assert engine.columns(["VISIT"]) == {"VISIT": {"A"}}
        if dialect == "postgres":
            with pytest.raises(EngineError, match="may not read") as caught:
                engine.columns(["PATIENT"])
            assert str(caught.value.where).endswith("table patient")
        else:
            assert engine.columns(["PATIENT"]) == {}, "MariaDB does not even show it"


def test_one_session_reads_one_catalog_of_postgresql(databases: Databases) -> None:
    server = databases.server("postgres")
    with open_engine(server.url(), catalog="postgres", db_schema="pg_catalog") as engine:
        rows = engine.run(parse("SELECT d.datname AS n FROM PG_DATABASE AS d")).read_all()
    assert {"n": "postgres"} in rows.to_pylist()
    with pytest.raises(UsageError, match="reads one catalog") as caught:
        open_engine(server.url(), catalog="clarity")
    assert caught.value.where == "--catalog"


@pytest.mark.parametrize(
    ("dialect", "catalog", "schema", "expected"),
    [
        ("tsql", "clarity", "dbo", "FROM clarity.dbo.PATIENT AS p"),
        ("snowflake", "CLARITY", "ORG", "FROM CLARITY.ORG.PATIENT AS p"),
        ("databricks", "main", "epic", "FROM main.epic.PATIENT AS p"),
        ("bigquery", "my-project", "epic", "FROM `my-project`.epic.PATIENT AS p"),
        ("postgres", None, "Epic", 'FROM "Epic".PATIENT AS p'),
        ("oracle", None, "CLARITY", "FROM CLARITY.PATIENT p"),
        ("mysql", None, "clarity", "FROM clarity.PATIENT AS p"),
    ],
)
def test_rendered_names_have_all_their_parts(
    dialect: str, catalog: str | None, schema: str, expected: str
) -> None:
    text = render(qualify(parse(QUERY), Place(catalog, schema), dialect), dialect)
    assert expected in text
    assert text.count(f"{schema}") == 2, "the statement's own names stay as they are"


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name in ("mysql", "sqlite")])
def test_a_catalog_is_refused_where_names_have_none(dialect: str) -> None:
    with pytest.raises(UsageError, match="no catalog"):
        qualify(parse(QUERY), Place("clarity", "dbo"), dialect)
