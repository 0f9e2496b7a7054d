"""Every engine gives back what a test put into it, typed as it went in."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest

from ehrkit.queries.canonical.build import parse
from tests.queries.databases import EXECUTED, Databases

SCHEMA = pa.schema(
    [
        ("PAT_ID", pa.string()),
        ("BIRTH", pa.date32()),
        ("SEEN", pa.timestamp("us")),
        ("N", pa.int64()),
        ("X", pa.float64()),
    ]
)
ROWS = [
    ("0450", date(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59, 250000), 7, 1.5),
    ("é%ñ", None, datetime(1900, 1, 1), -(2**40), -0.1),
    (None, date(1899, 12, 31), None, None, None),
]
SELECT = "SELECT t.PAT_ID AS a, t.BIRTH AS b, t.SEEN AS c, t.N AS d, t.X AS e FROM T AS t"
DECLARED = pa.schema(list(zip("abcde", SCHEMA.types, strict=True)))


def table(rows: list[tuple[object, ...]]) -> pa.Table:
    named = [dict(zip(SCHEMA.names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(named, schema=SCHEMA)


@pytest.mark.parametrize("dialect", EXECUTED)
def test_rows_come_back_as_they_went_in(databases: Databases, dialect: str) -> None:
    for rows in (ROWS, [], ROWS[:1]):
        engine = databases.open(dialect, {"T": table(rows)})
        found = engine.run(parse(SELECT), DECLARED).read_all().cast(DECLARED).to_pylist()
        assert sorted(map(str, found)) == sorted(
            str(dict(zip("abcde", row, strict=True))) for row in rows
        )
    assert engine.columns(["T", "NO_SUCH_TABLE"]) == {"T": set(SCHEMA.names)}
