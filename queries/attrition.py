"""Attrition: what each step of a cohort leaves out, in persons, events and encounters.

The steps are the statement's own CTEs, counted in one run, so the numbers cannot
drift from the cohort. Persons are excluded at a step when their last remaining
event is; excluded plus kept is what came in, for each of the three.
"""

from __future__ import annotations

from functools import reduce

import pyarrow as pa
from sqlglot import exp

from ehrkit.core.columns import Phi, field
from ehrkit.queries.adapters import Adapter
from ehrkit.queries.build import assemble, parse
from ehrkit.queries.checking import require
from ehrkit.queries.compile import compile_steps
from ehrkit.queries.definition import Cohort
from ehrkit.queries.engines import Engine
from ehrkit.queries.functions import Node
from ehrkit.queries.plan import Plan, make_plan

UNITS = ("persons", "events", "encounters")
SCHEMA = pa.schema(
    [field("step", pa.int64(), Phi.NONE), field("label", pa.string(), Phi.NONE)]
    + [
        field(f"{unit}_{what}", pa.int64(), Phi.NONE)
        for unit in UNITS
        for what in ("in", "excluded", "kept")
    ]
)


def compile_attrition(plan: Plan, adapter: Adapter) -> Node:
    """Return the statement that counts the rows of every step."""
    counts = [
        parse(
            f"SELECT {number} AS step, COUNT(DISTINCT s.person_id) AS persons, COUNT(*) AS events, "
            f"COUNT(DISTINCT s.encounter_id) AS encounters FROM {step.cte} AS s"
        )
        for number, step in enumerate(plan.steps)
    ]
    union = reduce(
        lambda left, right: exp.Union(this=left, expression=right, distinct=False), counts
    )
    return assemble(compile_steps(plan, adapter), union)


def attrition(cohort: Cohort, adapter: Adapter, engine: Engine) -> pa.Table:
    """Count a cohort's steps.

    Returns:
        One row per step: step, label, and persons, events, encounters each in, excluded, kept.
        Step 0 is all index events of the code set; its losses are those of step 1 on.

    Raises:
        DataError: the database lacks what the schema reads.
        EngineError: the database failed.
    """
    plan = make_plan(cohort)
    require(adapter, engine, cohort.relations())
    counted = engine.run(compile_attrition(plan, adapter)).read_all().to_pylist()
    by_step = {row["step"]: row for row in counted}
    rows = []
    before = by_step[0]
    for number, step in enumerate(plan.steps):
        now = by_step[number]
        row: dict[str, object] = {"step": number, "label": step.label}
        for unit in UNITS:
            row[f"{unit}_in"] = before[unit]
            row[f"{unit}_excluded"] = before[unit] - now[unit]
            row[f"{unit}_kept"] = now[unit]
        rows.append(row)
        before = now
    return pa.Table.from_pylist(rows, schema=SCHEMA)
