"""Tables of literal rows: the same rows on every engine, whatever their number and their text."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from ehrkit.queries.canonical.build import assemble, code_table, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.dialects import DIALECTS, render
from tests.queries.databases import EXECUTED, Databases
from tests.queries.dialects.evaluating import rows
from tests.queries.dialects.reread import MACROS, on_duckdb
from tests.queries.dialects.statements import CHECKED

NAMES = ("vocabulary", "code", "points", "weight")
STRANGE = [
    ("icd10cm", "M480", 1, 0.5),
    ("icd10cm", "it's", -2, 1e-3),
    ("local", 'back\\slash "and" `tick`', 0, 4.7),
    ("local", "100%_[x]", 7, 2.0),
    ("local", "\u00e9\u0416\u4e2d", 7, 2.0),
]
SCHEMA = pa.schema(
    [("vocabulary", pa.string()), ("code", pa.string()), ("points", pa.int64()),
     ("weight", pa.float64())]
)  # fmt: skip


def listed() -> Node:
    selected = ", ".join(f"c.{name} AS {name}" for name in NAMES)
    tree = parse(f"SELECT {selected} FROM codes AS c ORDER BY EHR_ORDER(c.code)")
    return assemble([("codes", "", code_table(STRANGE, NAMES))], tree)


def counted(number: int) -> Node:
    codes = [("icd10cm", f"M{place:05}") for place in range(number)]
    tree = parse("SELECT COUNT(*) AS n, MIN(c.code) AS low, MAX(c.code) AS high FROM codes AS c")
    return assemble([("codes", "", code_table(codes, ("vocabulary", "code")))], tree)


@pytest.mark.parametrize("engine", EXECUTED)
def test_rows_come_back_as_they_were_given(databases: Databases, engine: str) -> None:
    found = rows(databases.open(engine, {}), listed(), SCHEMA)
    assert [tuple(row.values()) for row in found] == sorted(STRANGE, key=lambda row: row[1])


@pytest.mark.parametrize("engine", EXECUTED)
def test_twenty_thousand_codes_are_taken(databases: Databases, engine: str) -> None:
    schema = pa.schema([("n", pa.int64()), ("low", pa.string()), ("high", pa.string())])
    found = rows(databases.open(engine, {}), counted(20_000), schema)
    assert found == [{"n": 20_000, "low": "M00000", "high": "M19999"}]


@pytest.mark.parametrize("dialect", CHECKED)
def test_rows_come_back_where_they_are_read_again(dialect: str) -> None:
    database = duckdb.connect()
    database.execute(MACROS)
    found = database.execute(on_duckdb(render(listed(), dialect), dialect)).fetchall()
    assert found == sorted(STRANGE, key=lambda row: row[1])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_long_list_stands_on_lines_of_a_readable_width(dialect: str) -> None:
    lines = render(counted(1_000), dialect).splitlines()
    assert max(map(len, lines)) < 140
    assert len(lines) < 700
    assert sum(line.count("'M0") for line in lines) == 1_000


def test_limits_of_the_servers_are_kept() -> None:
    oracle = render(counted(2_000), "oracle")
    assert oracle.count("ODCIVARCHAR2LIST") == 4  # 999 arguments at most
    snowflake = render(counted(20_000), "snowflake")
    assert snowflake.count("VALUES") == 2  # 16,384 rows at most
    redshift = render(counted(1_200), "redshift")
    assert redshift.count("AS part_") == 3  # a UNION of UNIONs, for the depth of its parser
