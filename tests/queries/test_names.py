"""Names that mean nothing are told before a database is asked, and as a database tells them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ehrkit.core.errors import DataError
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.names import check_names
from ehrkit.queries.canonical.subset import check_portable
from ehrkit.queries.kit.named import RELATION_COLUMNS, load_query
from ehrkit.queries.relations import RELATIONS

DUCKDB = {"text": "TEXT", "date": "DATE", "time": "TIMESTAMP", "integer": "INT", "number": "DOUBLE"}
WITH = "WITH a AS (SELECT e.person_id AS p, e.kind AS k FROM encounters AS e) "
SEXES = "SELECT p.sex AS n FROM persons AS p"
PAIR = "FROM encounters AS e JOIN persons AS p ON p.person_id = e.person_id"


@pytest.fixture(scope="module")
def bound() -> duckdb.DuckDBPyConnection:
    """Empty relations, on which DuckDB says whether it knows the names of a statement."""
    connection = duckdb.connect()
    for one in RELATIONS.values():
        columns = ", ".join(f"{name} {DUCKDB[kind]}" for name, (kind, *_) in one.columns.items())
        connection.execute(f"CREATE TABLE {one.cte} ({columns})")
    return connection


def check(text: str) -> None:
    tree = read(text)
    check_portable(tree, "own.sql")
    check_names(tree, "own.sql", RELATION_COLUMNS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT e.persn_id AS n FROM encounters AS e",
         "own.sql: e has no column persn_id\n  Did you mean person_id?"),
        (WITH + "SELECT a.kind AS n FROM a", "own.sql: a has no column kind\n  Known: k, p."),
        (WITH.replace("e.kind", "e.kid") + "SELECT a.k AS n FROM a",
         "own.sql, step a: e has no column kid"),
        ("SELECT x.kind AS n FROM encounters AS e", "no table here is named x\n  Known: e."),
        ("SELECT encounters.kind AS n FROM encounters AS e", "no table here is named encounters"),
        (f"SELECT person_id AS n {PAIR}", "person_id needs the alias of its table\n  Such as e.p"),
        ("SELECT e.kind AS n FROM encounters AS e UNION ALL SELECT p.sex AS n, p.race AS m "
         "FROM persons AS p", "part 2 of the UNION has 2 columns, the first 1"),
        ("SELECT e.kind AS n, COUNT(*) AS m FROM encounters AS e", "e.kind is neither grouped"),
        ("SELECT e.kind AS n, e.specialty AS s FROM encounters AS e GROUP BY e.kind",
         "e.specialty is neither grouped by nor in an aggregate\n  Add it to GROUP BY"),
        ("SELECT kind AS n, LOWER(specialty) AS s FROM encounters AS e GROUP BY e.kind, specialty "
         "HAVING event_date > MAX(end_date)", "event_date is neither grouped"),
        ("SELECT p.sex AS n, COUNT(*) AS m FROM persons AS p GROUP BY p.person_id",
         "p.sex is neither grouped"),
        ("SELECT p.sex AS n FROM persons AS p WHERE EXISTS (SELECT 1 FROM encounters AS e "
         "WHERE e.person = p.person_id)", "e has no column person\n  Did you mean person_id?"),
        ("SELECT p.sex AS n FROM persons AS p WHERE p.person_id IN (SELECT e.id FROM encounters AS "
         "e)", "e has no column id"),
        ("SELECT p.sex AS n, ROW_NUMBER() OVER (ORDER BY p.born) AS r FROM persons AS p",
         "p has no column born"),
        ("SELECT p.sex AS n FROM persons AS p ORDER BY p.n", "p has no column n"),
        (f"{SEXES} UNION ALL SELECT e.kind AS n FROM encounters AS e ORDER BY m",
         "a UNION has no column m to order by\n  Known: n."),
        ("WITH b AS (SELECT c.p AS p FROM c), c AS (SELECT p.sex AS p FROM persons AS p) "
         "SELECT b.p AS n FROM b", "own.sql, step b: reads c, which comes later"),
        (WITH + "SELECT a.*, e.knd AS n FROM a JOIN encounters AS e ON e.person_id = a.p",
         "e has no column knd\n  Did you mean kind?"),
        (WITH + ", b AS (SELECT a.* FROM a) SELECT b.p AS p, b.kin AS n FROM b",
         "b has no column kin\n  Known: k, p."),
    ],
)  # fmt: skip
def test_what_means_nothing_is_told_with_its_place(
    bound: duckdb.DuckDBPyConnection, text: str, says: str
) -> None:
    with pytest.raises(DataError) as caught:
        check(text)
    assert says in str(caught.value)
    with pytest.raises((duckdb.BinderException, duckdb.CatalogException)):
        bound.sql(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT e.kind AS n, e.specialty AS n FROM encounters AS e", "two columns are named n"),
        ("WITH a AS (SELECT COUNT(*) FROM encounters AS e) SELECT 1 AS n FROM a",
         "own.sql, step a: column 1 has no name\n  Write AS"),
        ("SELECT E.kind AS n FROM encounters AS e", "no table here is named E\n  Known: e."),
        ("SELECT e.Kind AS n FROM encounters AS e", "e has no column Kind\n  Did you mean kind?"),
        ("SELECT e.kind AS n FROM encounters AS e GROUP BY n", "e has no column n"),
        (f"SELECT sex AS n {PAIR}", "sex needs the alias"),
        (f"{SEXES} UNION ALL SELECT e.kind AS n FROM encounters AS e ORDER BY e.kind",
         "a UNION has no column e.kind to order by"),
        (WITH.replace("encounters AS e", "encounters AS e WHERE k = 'other'")
         + "SELECT a.p AS n FROM a", "own.sql, step a: e has no column k"),
        ("SELECT e.kind AS n FROM encounters AS e, persons AS e", "two tables are named e"),
    ],
)  # fmt: skip
def test_what_other_databases_refuse_or_read_otherwise_is_told(
    bound: duckdb.DuckDBPyConnection, text: str, says: str
) -> None:
    with pytest.raises(DataError) as caught:
        check(text)
    assert says in str(caught.value)
    assert bound.sql(text).fetchall() is not None


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT e.kind AS n {PAIR} ORDER BY n",
        f"SELECT e.kind AS n, COUNT(DISTINCT p.sex) AS m {PAIR} GROUP BY e.kind ORDER BY m, e.kind",
        "SELECT kind AS n, COUNT(*) AS m FROM encounters AS e GROUP BY e.kind HAVING COUNT(*) > 1",
        "SELECT LOWER(e.kind) AS n, MAX(e.event_date) AS m FROM encounters AS e "
        "GROUP BY LOWER(e.kind)",
        "SELECT p.sex AS n, ROW_NUMBER() OVER (PARTITION BY p.sex ORDER BY p.birth_date) AS r "
        "FROM persons AS p",
        "SELECT e.kind AS n, SUM(COUNT(*)) OVER (PARTITION BY e.kind) AS m "
        "FROM encounters AS e GROUP BY e.kind",
        "SELECT p.sex AS n FROM persons AS p WHERE NOT EXISTS (SELECT 1 FROM encounters AS e "
        "WHERE e.person_id = p.person_id AND kind = 'other' AND NOT EXISTS "
        "(SELECT 1 FROM notes AS t WHERE t.encounter_id = e.encounter_id AND t.line = 1 "
        "AND t.person_id = p.person_id))",
        "SELECT COUNT(*) AS n FROM persons AS p WHERE p.person_id IN "
        "(SELECT e.person_id FROM encounters AS e)",
        "SELECT 1 AS n, COUNT(*) AS m FROM persons AS p",
        WITH + "SELECT * FROM a",
        WITH + ", b AS (SELECT a.*, 1 AS one FROM a) SELECT b.k AS n, b.one AS m FROM b",
        WITH + "SELECT a.k AS n FROM a UNION ALL SELECT p.sex FROM persons AS p ORDER BY n",
        WITH + "SELECT x.k AS n FROM a AS x LEFT JOIN a AS y ON y.p = x.p AND y.k > x.k",
    ],
)  # fmt: skip
def test_what_has_a_meaning_is_let_through(bound: duckdb.DuckDBPyConnection, text: str) -> None:
    check(text)
    assert bound.sql(text).fetchall() is not None


@pytest.mark.parametrize(
    ("columns", "text", "says"),
    [
        ("nn", "e.kind AS n", "own.sql: gives no column nn, which [columns] declares\n  Did you"),
        ("n", "e.kind AS n, e.specialty AS s",
         'own.sql: gives the column s, which [columns] lacks\n  Declare it, such as: s = ["text"'),
        ("s n", "e.kind AS n, e.specialty AS s", "in another order than the SELECT gives them"),
    ],
)  # fmt: skip
def test_columns_are_those_declared(tmp_path: Path, columns: str, text: str, says: str) -> None:
    declared = "\n".join(f'{name} = ["text", "none"]' for name in columns.split())
    file = tmp_path / "own.sql"
    file.write_text(
        f'/*\ntitle = "Own"\n[columns]\n{declared}\n*/\nSELECT {text} FROM encounters AS e\n'
    )
    with pytest.raises(DataError) as caught:
        load_query(str(file))
    assert says in str(caught.value)
