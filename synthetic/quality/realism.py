"""How like a real site is a written one? Each published figure beside what the files hold.

Everything is counted by SQL on the files, not taken from the code that drew them. A figure
is met if it lies within a band around what was asked: three standard errors of a sample of
this size, drawn from a site that has exactly the asked figure, plus a tolerance of a tenth
of the figure. Three standard errors leave about one false alarm in 370 figures. A mean of
fewer than ten rows is shown and not judged.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import EngineError, UsageError
from ehrkit.synthetic.quality.targets import GEOMETRIC, SHARE, Target, described, targets
from ehrkit.synthetic.quality.views import view_tables
from ehrkit.synthetic.spec import EXTRACT

STANDARD_ERRORS = 3.0
TOLERANCE = 0.10
# Means of fewer rows say nothing: single stays are far from normal.
FEWEST = 10
NEEDED = ("clarity", "truth")
SCHEMA = pa.schema(
    [
        *(field(name, pa.string(), Phi.NONE) for name in ("group", "target", "asked", "source")),
        field("generated", pa.float64(), Phi.NONE),
        field("events", pa.int64(), Phi.NONE),
        field("of", pa.int64(), Phi.NONE),
        *(field(name, pa.float64(), Phi.NONE) for name in ("lowest", "highest")),
        field("within", pa.bool_(), Phi.NONE),
        field("not_aimed", pa.string(), Phi.NONE),
    ]
)


def measure_realism(folder: Path) -> pa.Table:
    """Measure a written site against every calibration target.

    Returns:
        One row per target: group, target, asked (text), source, generated (share or mean),
        events, of (denominator, or rows of a mean), lowest and highest accepted value,
        within (NULL where too little was there to measure, or the figure is not aimed at),
        not_aimed (the reason, or NULL).

    Raises:
        UsageError: the folder is no synthetic site with the Clarity shape.
        EngineError: a file cannot be read.
    """
    if not all((folder / name).is_dir() for name in NEEDED):
        raise UsageError(
            "is not a synthetic site with Clarity tables",
            where=str(folder),
            hint="Make one: ehrkit synth OUT --shape clarity",
        )
    try:
        with duckdb.connect() as connection:
            for name in NEEDED:
                view_tables(connection, folder / name)
            connection.execute(f"CREATE MACRO extract_day() AS DATE '{EXTRACT}'")
            for name, sql in described()["views"].items():
                connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
            rows = [_row(target, connection) for target in targets()]
    except duckdb.Error as error:
        raise EngineError(
            f"a table cannot be read ({type(error).__name__})", where=str(folder)
        ) from None
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _row(target: Target, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the row of one target, judged where enough was found and it is aimed at."""
    generated, events, size, spread = _measured(target, connection)
    row: dict[str, Any] = dict.fromkeys(SCHEMA.names)
    row |= {
        "group": target.group,
        "target": target.name,
        "asked": target.asked(),
        "source": target.source,
        "generated": generated,
        "events": events,
        "of": size,
        "not_aimed": target.not_aimed or None,
    }
    enough = size >= (1 if target.measure == SHARE else FEWEST)
    if generated is not None and enough and not target.not_aimed:
        lowest, highest = accepted(target, size, spread)
        within = lowest <= generated <= highest
        row |= {"lowest": lowest, "highest": highest, "within": within}
    return row


def _measured(
    target: Target, connection: duckdb.DuckDBPyConnection
) -> tuple[float | None, int | None, int, float]:
    """Return the figure, events of a share, size of the sample, and spread of single values."""
    found = connection.execute(target.sql).fetchall()[0]
    if target.measure == SHARE:
        events, size = found
        return (events / size if size else None), events, size, 0.0
    generated, spread, size = found
    return generated, None, size, target.spread or spread or 0.0


def accepted(target: Target, size: int, spread: float) -> tuple[float, float]:
    """Return the accepted band for a sample of `size` rows.

    `spread` is the standard deviation of single values (of their logarithm for a
    geometric mean); a share has its own.
    """

    def margin(value: float) -> float:
        own = math.sqrt(value * (1 - value)) if target.measure == SHARE else spread
        error = STANDARD_ERRORS * own / math.sqrt(size)
        if target.measure == GEOMETRIC:
            error = value * (math.exp(error) - 1)
        return error + TOLERANCE * abs(value)

    lowest, highest = target.low - margin(target.low), target.high + margin(target.high)
    return (max(lowest, 0.0), min(highest, 1.0)) if target.measure == SHARE else (lowest, highest)
