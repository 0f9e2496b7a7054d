"""Attrition: what each step of a cohort leaves out, in persons, events and encounters.

The steps are the statement's own, counted in one run, so the numbers cannot
drift from the cohort. A person or an encounter is excluded at a step when its
last remaining event is; excluded plus kept is what came in, for each of the three.
"""

from __future__ import annotations

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.queries.adapting.adapters import Adapter
from ehrkit.queries.adapting.checking import require
from ehrkit.queries.compiling import compile_attrition
from ehrkit.queries.compiling.attrition import step_labels
from ehrkit.queries.engines import Engine
from ehrkit.queries.language.cohort import Cohort

UNITS = ("persons", "events", "encounters")
SCHEMA = pa.schema(
    [field("step", pa.int64(), Phi.NONE), field("label", pa.string(), Phi.NONE)]
    + [
        field(f"{unit}_{what}", pa.int64(), Phi.NONE)
        for unit in UNITS
        for what in ("in", "excluded", "kept")
    ]
)


def attrition(cohort: Cohort, adapter: Adapter, engine: Engine) -> pa.Table:
    """Count a cohort's steps.

    Returns:
        One row per step: step, label, and persons, events, encounters each in, excluded, kept.
        Step 0 is all index events that are found; its losses are those of step 1 on.

    Raises:
        DataError: the database lacks what the schema reads.
        EngineError: the database failed.
    """
    statement = compile_attrition(cohort, adapter)
    require(adapter, engine, statement)
    counted = engine.run(statement).read_all().to_pylist()
    labels = step_labels(cohort)
    rows = []
    before: dict[str, int] = {}
    for number, label in enumerate(labels):
        kept = kept_at(number, counted)
        row: dict[str, object] = {"step": number, "label": label}
        for unit in UNITS:
            came = before.get(unit, kept[unit])
            row[f"{unit}_in"] = came
            row[f"{unit}_excluded"] = came - kept[unit]
            row[f"{unit}_kept"] = kept[unit]
        rows.append(row)
        before = kept
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def kept_at(step: int, counted: list[dict[str, int]]) -> dict[str, int]:
    """Return how many of each unit are left after a step, from the counts of farthest steps."""
    return {
        unit: sum(int(row[unit]) for row in counted if int(row["reached"]) >= step)
        for unit in UNITS
    }
