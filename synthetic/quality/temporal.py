"""Does time make sense in a written site? Every failure has to be one that was planted.

The checks follow the OHDSI Data Quality Dashboard: nothing before birth, nothing after
death (papers have its 60 days of grace), nothing after the extract, start before end,
and events inside their encounter. Births and deaths are those of the answer key, not
what the chart believes. They are plain SQL on the files (rules.py, temporal.toml), so
they do not share an error with the code that drew them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import EngineError, UsageError
from ehrkit.synthetic.projectors import PROJECTORS
from ehrkit.synthetic.quality.check import Check
from ehrkit.synthetic.quality.rules import checks, rules
from ehrkit.synthetic.quality.views import view_tables
from ehrkit.synthetic.spec import EXTRACT

SCHEMA = pa.schema(
    [
        *(field(name, pa.string(), Phi.NONE) for name in ("shape", "check", "table", "column")),
        *(field(name, pa.int64(), Phi.NONE) for name in ("rows", "failed", "planted")),
        field("passed", pa.bool_(), Phi.NONE),
    ]
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
            for name in shapes:
                view_tables(connection, folder / name)
                prepare(connection, name)
                rows += [_run(connection, check) for check in checks(name)]
    except duckdb.Error as error:
        raise EngineError(
            f"a table cannot be read ({type(error).__name__})", where=str(folder)
        ) from None
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def prepare(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make what the checks of one shape join to: lives, contacts and, where said, periods.

    The views of the answer key and of the shape have to be there. Lives of persons whom the
    answer key does not know (test patients, records that are not merged) are the chart's own.
    """
    given = rules(name)
    connection.execute(f"CREATE OR REPLACE TEMP MACRO extract_day() AS DATE '{EXTRACT}'")
    connection.execute(LIVES.format(key=given["key"], patients=given["patients"]))
    for relation in ("contacts", "periods"):
        if relation in given:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS {given[relation]}")


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


LIVES = """
CREATE OR REPLACE TEMP TABLE lives AS
WITH keyed AS (
    SELECT person_id, person_id AS record FROM persons
    UNION ALL
    SELECT person_id, old_pat_id FROM merges
), known AS (
    SELECT {key} AS person, birth_date AS birth, death_date AS death
    FROM keyed JOIN persons USING (person_id)
)
SELECT * FROM known
UNION ALL
SELECT * FROM ({patients}) AS chart WHERE chart.person NOT IN (SELECT person FROM known)
"""
