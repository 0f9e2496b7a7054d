"""Does time make sense in a written site? Every failure has to be one that was planted.

The checks follow the OHDSI Data Quality Dashboard: nothing before birth, nothing
later than 60 days after death (its grace for paperwork), start before end, and
events inside their encounter. Births and deaths are those of the answer key, not
what the chart believes. They are plain SQL on the files, so they do not share an
error with the code that drew them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import EngineError, UsageError
from ehrkit.core.shapes import Table
from ehrkit.core.shapes import shape as described
from ehrkit.synthetic.projectors import PROJECTORS
from ehrkit.synthetic.quality.views import view_tables

GRACE_DAYS = 60
SCHEMA = pa.schema(
    [
        *(field(name, pa.string(), Phi.NONE) for name in ("shape", "check", "table", "column")),
        *(field(name, pa.int64(), Phi.NONE) for name in ("rows", "failed", "planted")),
        field("passed", pa.bool_(), Phi.NONE),
    ]
)


@dataclass(frozen=True)
class Check:
    """One rule: `fails` is a condition on the rows of `source`, whose key may be planted."""

    shape: str
    name: str
    table: Table
    column: str
    source: str
    fails: str

    def sql(self) -> str:
        """Return one row: rows looked at, failed, and failed as planted."""
        key = f"x.{self.table.key[0]}"
        if self.table.schema.field(self.table.key[0]).type == pa.float64():
            key = f"CAST({key} AS BIGINT)"
        key = f"CAST({key} AS VARCHAR)"
        return (
            f"SELECT count(*), count(*) FILTER (WHERE {self.fails}), "
            f"count(*) FILTER (WHERE {self.fails} AND {key} IN "
            f"(SELECT key FROM planted WHERE \"table\" LIKE '{self.shape}.%')) "
            f"FROM {self.source} WHERE x.{self.column} IS NOT NULL"
        )


def check_times(folder: Path) -> pa.Table:
    """Check every shape that a site holds.

    Returns:
        One row per check: shape, check, table, column, rows looked at, failed, planted
        (failures that the answer key names), passed (no failure beside the planted ones).

    Raises:
        UsageError: the folder is no synthetic site.
        EngineError: a file cannot be read.
    """
    shapes = [name for name in PROJECTORS if (folder / name).is_dir()]
    if not shapes or not (folder / "truth").is_dir():
        raise UsageError(
            "is not a synthetic site", where=str(folder), hint="Make one: ehrkit synth OUT"
        )
    rows = []
    try:
        with duckdb.connect() as connection:
            view_tables(connection, folder / "truth")
            connection.execute(LIVES)
            for name in shapes:
                view_tables(connection, folder / name)
                rows += [_run(connection, check) for check in checks(name)]
    except duckdb.Error as error:
        raise EngineError(
            f"a table cannot be read ({type(error).__name__})", where=str(folder)
        ) from None
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def checks(name: str) -> Iterator[Check]:
    """Yield the checks of one shape."""
    rules, tables = _rules()[name], described(PROJECTORS[name].shape).tables
    for table in tables.values():
        yield from _lifetime_checks(name, table, rules)
    for key, pairs in rules["ordered"].items():
        for start, end in pairs:
            fails = f"x.{end} < x.{start}"
            yield Check(name, f"not before {start}", tables[key], end, f"{key} AS x", fails)
    for key, (column, before, after) in rules["inside"].items():
        yield _inside_check(name, tables[key], column, (before, after), rules)


def _lifetime_checks(name: str, table: Table, rules: dict[str, Any]) -> Iterator[Check]:
    names = {column.name for column in table.columns}
    if rules["person"] not in names:
        return
    source = f"{table.name} AS x JOIN lives AS l ON l.{name} = x.{rules['person']}"
    for column in table.columns:
        dated = column.type in ("DATE", "TIMESTAMP") and column.phi is Phi.DATE
        if dated and f"{table.name}.{column.name}" not in rules["apart"]:
            day = f"CAST(x.{column.name} AS DATE)"
            yield Check(name, "not before birth", table, column.name, source, f"{day} < l.birth")
            late = f"{day} > l.death + {GRACE_DAYS}"
            yield Check(name, "not after death", table, column.name, source, late)


def _inside_check(
    name: str, table: Table, column: str, slack: tuple[int, int], rules: dict[str, Any]
) -> Check:
    """Return the check that events lie in the window of the encounter that they name."""
    window, start, end = rules["window"]
    key, (before, after) = rules["encounter"], slack
    fails = (
        f"x.{column} < w.{start} - INTERVAL {before} HOUR "
        f"OR x.{column} > w.{end} + INTERVAL {after} HOUR"
    )
    source = f"{table.name} AS x JOIN {window} AS w ON w.{key} = x.{key}"
    return Check(name, "inside its encounter", table, column, source, f"({fails})")


def _run(connection: duckdb.DuckDBPyConnection, check: Check) -> dict[str, Any]:
    rows, failed, planted = connection.execute(check.sql()).fetchall()[0]
    return {
        "shape": check.shape,
        "check": check.name,
        "table": check.table.name,
        "column": check.column,
        "rows": rows,
        "failed": failed,
        "planted": planted,
        "passed": failed == planted,
    }


# Keys of the other shapes are the digits of Clarity's.
LIVES = """
CREATE TABLE lives AS
WITH keyed AS (
    SELECT person_id, person_id AS clarity FROM persons
    UNION ALL
    SELECT person_id, old_pat_id FROM merges
)
SELECT k.clarity,
       CAST(substr(k.clarity, 2) AS BIGINT) AS omop,
       CAST(substr(k.clarity, 2) AS BIGINT) AS cerner,
       p.birth_date AS birth,
       p.death_date AS death
FROM keyed AS k JOIN persons AS p USING (person_id)
"""


@cache
def _rules() -> dict[str, Any]:
    text = files("ehrkit.synthetic.quality").joinpath("temporal.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
