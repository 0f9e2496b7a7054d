"""What a statement does not read is left out, and its rows stay what they were."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from ehrkit.core.errors import UsageError
from ehrkit.queries.adapting.adapters import Adapter, load_adapter
from ehrkit.queries.canonical import build
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.narrowing import narrow
from ehrkit.queries.compiling import compile_cohort
from ehrkit.queries.dialects import render
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import compile_query, kit, load_query
from ehrkit.queries.reading import library, load_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from tests.queries.three_shapes import SHAPES

TABLES = """
CREATE TABLE A AS SELECT * FROM (VALUES (1, 'x', 3), (1, 'y', 4), (2, 'x', NULL)) AS t(id, kind, n);
CREATE TABLE B AS SELECT * FROM (VALUES (1, 7), (1, 8), (3, 9)) AS t(id, worth);
"""
ONE_EACH = "b AS (SELECT q.id AS id, MAX(q.worth) AS worth FROM B AS q GROUP BY q.id)"
PAIRS = "b AS (SELECT q.id AS id, q.worth AS w FROM B AS q GROUP BY q.id, q.worth)"
ONES = "b AS (SELECT q.id AS id, 1 AS w FROM B AS q GROUP BY q.id, q.worth)"


def narrowed(text: str) -> str:
    """Narrow a statement whose rows on the two tables must stay; return its text on one line."""
    tree = read(text)
    narrow(tree)
    after = tree.sql("duckdb")
    with duckdb.connect() as con:
        con.execute(TABLES)
        assert sorted(con.sql(after).fetchall(), key=repr) == sorted(
            con.sql(text).fetchall(), key=repr
        )
    return after


def of_a(columns: str, join: str = "LEFT JOIN b ON b.id = a.id", parts: str = ONE_EACH) -> str:
    """A statement that reads column `id` of a part which joins table A with part b."""
    return f"WITH {parts}, c AS (SELECT {columns} FROM A AS a {join}) SELECT c.id FROM c"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "WITH c AS (SELECT a.id AS id, a.kind AS kind FROM A AS a) SELECT c.id FROM c",
            "WITH c AS (SELECT a.id AS id FROM A AS a) SELECT c.id FROM c",
        ),
        (
            "WITH b AS (SELECT q.id AS id FROM B AS q), c AS (SELECT a.id AS id FROM A AS a) "
            "SELECT c.id FROM c",
            "WITH c AS (SELECT a.id AS id FROM A AS a) SELECT c.id FROM c",
        ),
        (
            "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a UNION ALL "
            "SELECT b.id AS x, b.worth AS y FROM B AS b) SELECT c.n FROM c",
            "WITH c AS (SELECT a.n AS n FROM A AS a UNION ALL "
            "SELECT b.worth AS y FROM B AS b) SELECT c.n FROM c",
        ),
        (
            "WITH c AS (SELECT a.id AS id, a.n AS n, a.kind AS kind FROM A AS a), "
            "d AS (SELECT c.*, c.n + 1 AS more FROM c) SELECT d.id FROM d ORDER BY d.n",
            "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a), "
            "d AS (SELECT c.* FROM c) SELECT d.id FROM d ORDER BY d.n",
        ),
        (
            "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a) SELECT COUNT(*) AS n FROM c",
            "WITH c AS (SELECT a.id AS id FROM A AS a) SELECT COUNT(*) AS n FROM c",
        ),
        (
            of_a("a.id AS id, b.worth AS worth"),
            "WITH c AS (SELECT a.id AS id FROM A AS a) SELECT c.id FROM c",
        ),
        (
            of_a("a.id AS id", "LEFT JOIN b ON b.id = a.id AND b.worth > 3"),
            "WITH c AS (SELECT a.id AS id FROM A AS a) SELECT c.id FROM c",
        ),
        (
            of_a("a.id AS id", parts="b AS (SELECT DISTINCT q.id AS id FROM B AS q)"),
            "WITH c AS (SELECT a.id AS id FROM A AS a) SELECT c.id FROM c",
        ),
        (
            of_a("a.id AS id", "LEFT JOIN b ON b.id = a.id AND a.n = b.w", PAIRS),
            "WITH c AS (SELECT a.id AS id FROM A AS a) SELECT c.id FROM c",
        ),
    ],
    ids=lambda text: "",
)
def test_what_nothing_reads_goes(text: str, after: str) -> None:
    assert narrowed(text) == after


@pytest.mark.parametrize(
    "text",
    [
        of_a("a.id AS id", parts="b AS (SELECT q.id AS id FROM B AS q)"),
        of_a("a.id AS id", "LEFT JOIN b ON b.id = a.id AND b.w > a.n", PAIRS),
        of_a("a.id AS id", "LEFT JOIN b ON b.id = a.id AND b.w = b.id + 6", PAIRS),
        of_a(
            "a.id AS id", "LEFT JOIN b ON b.id = a.id AND b.w = 1", PAIRS.replace("q.worth", "1", 1)
        ),
        of_a("a.id AS id", "JOIN b ON b.id = a.id AND b.worth > 1"),
        of_a("a.id AS id", "LEFT JOIN b ON b.id = a.id WHERE b.worth IS NULL"),
        "WITH c AS (SELECT DISTINCT a.id AS id, a.kind AS kind FROM A AS a) SELECT c.id FROM c",
        "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a UNION "
        "SELECT b.id AS id, b.worth AS n FROM B AS b) SELECT c.id FROM c",
        "WITH c AS (SELECT 1 AS one, MAX(a.n) AS n FROM A AS a) SELECT c.one FROM c",
        "WITH c AS (SELECT 1 AS one FROM A AS a HAVING COUNT(*) > 2) SELECT c.one FROM c",
        "WITH c AS (SELECT a.* FROM A AS a UNION ALL SELECT q.* FROM A AS q) SELECT c.n FROM c",
        "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a) SELECT * FROM c",
        "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a) SELECT id FROM c WHERE n > 3",
        "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a) "
        "SELECT q.id FROM B AS q WHERE EXISTS(SELECT 1 FROM c WHERE c.id = q.id AND c.n > 3)",
        "WITH c AS (SELECT a.id AS id, a.n AS n FROM A AS a) "
        "SELECT q.id FROM B AS q WHERE q.id IN (SELECT c.id FROM c WHERE c.n > 3)",
    ],
)
def test_what_decides_about_rows_stays(text: str) -> None:
    assert narrowed(text) == read(text).sql("duckdb")


def test_a_word_of_order_by_reads_the_output_alone() -> None:
    text = (
        "WITH c AS (SELECT a.id AS id, a.n AS n, a.kind AS kind FROM A AS a), "
        "d AS (SELECT c.id AS one FROM c) "
        "SELECT d.one AS one, c.id AS id FROM d JOIN c ON c.id = d.one ORDER BY one"
    )
    assert "kind" not in narrowed(text)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("narrow") / "site"
    generate(folder, Spec(150, 11, notes=False), tuple(SHAPES))
    return folder


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_each_definition_keeps_its_rows_on_one_shape(
    site: Path, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = load_adapter(SHAPES[shape])
    third = [*library(), *kit()][sorted(SHAPES).index(shape) :: 3]
    lean = statements(third, adapter)
    monkeypatch.setattr(build, "narrow", lambda statement: None)
    whole = statements(third, adapter)
    assert len(lean) > 8
    shorter = 0
    with open_engine(str(site / shape)) as engine:
        for name, tree in lean.items():
            shorter += len(render(tree, "duckdb")) < len(render(whole[name], "duckdb"))
            assert sorted(map(repr, engine.run(tree).read_all().to_pylist())) == sorted(
                map(repr, engine.run(whole[name]).read_all().to_pylist())
            ), name
    assert shorter > 8


def statements(names: list[str], adapter: Adapter) -> dict[str, Node]:
    """Those of the definitions that need no table of devices and that the schema can tell."""
    found: dict[str, Node] = {}
    for name in names:
        try:
            if name in kit():
                tree = compile_query(load_query(name), adapter)
            else:
                tree = compile_cohort(load_cohort(name), adapter)
        except UsageError:  # the schema supplies no such relation
            continue
        if "DEVICE_DAY" not in tables(tree):
            found[name] = tree
    return found


def tables(tree: Node) -> set[str]:
    return {table.name for table in tree.find_all(exp.Table)}
