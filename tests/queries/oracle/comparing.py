"""Comparison of an engine with the interpreter: all rows, their order, and attrition per step."""

from __future__ import annotations

import math
import tempfile
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.attrition import UNITS, kept_at
from ehrkit.queries.compiling import compile_attrition, compile_cohort
from ehrkit.queries.compiling.attrition import step_labels
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import cohort_schema, typed
from ehrkit.queries.sections import Section
from ehrkit.queries.vocabulary.codesets import read_code_set
from tests.queries.oracle.interpreter import run
from tests.queries.oracle.study import Study
from tests.queries.oracle.toml_text import toml_text
from tests.queries.plain_data import PLAIN, TABLES

ARROW = {
    "text": pa.string(), "time": pa.timestamp("us"), "integer": pa.int64(), "number": pa.float64(),
}  # fmt: skip


def tables(data):
    """Return the rows as the Arrow tables that the `plain` adapter reads."""
    found = {}
    for relation, (table, columns) in TABLES.items():
        schema = pa.schema([(name, ARROW[kind]) for name, kind in columns.items()])
        rows = data.get(relation, [])
        assert all(row.keys() <= columns.keys() for row in rows), f"{relation} has other columns"
        found[table] = pa.Table.from_pylist(rows, schema=schema)
    return found


@cache
def plain():
    return load_adapter(str(PLAIN))


@dataclass(frozen=True)
class Case:
    """A definition, the data, and what else its meaning hangs on.

    Attributes:
        codes: the raw tables of the shipped code sets.
        given: what `--set` gives.
        other: the definition in the file `other.toml` beside it.
    """

    definition: dict
    data: dict
    codes: dict
    as_of: date
    given: dict = field(default_factory=dict)
    other: dict | None = None


def read(case):
    """Read the definition from a file, with the other cohort's file beside it."""
    sets = {name: read_code_set(Section(one, name), name) for name, one in case.codes.items()}
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "drawn.toml"
        file.write_text(toml_text(case.definition))
        if case.other:
            (Path(name) / "other.toml").write_text(toml_text(case.other))
        return load_cohort(str(file), values=case.given, code_sets=sets, as_of=case.as_of)


def expected(case):
    """Return the rows, and persons, events and encounters kept at every step."""
    rows, steps = run(study(case))
    counts = [
        (len({e.person for e in step}), len(step), len({e.encounter for e in step} - {None}))
        for step in steps
    ]
    return rows, counts


def study(case):
    """Return what the interpreter looks things up in; every table is its own, as from a file."""
    definition, other = (
        tomllib.loads(toml_text(one or {})) for one in (case.definition, case.other)
    )
    return Study(
        definition, case.data, case.codes,
        as_of=case.as_of, given=case.given, cohorts={"other.toml": other},
    )  # fmt: skip


def found(engine, cohort):
    """Return what an engine gives for a cohort, in the same form."""
    return answer(engine, cohort, compiled(cohort))


def compiled(cohort):
    """Return the statements of a cohort and of its attrition, the same for every engine."""
    return compile_cohort(cohort, plain()), compile_attrition(cohort, plain())


def answer(engine, cohort, statements):
    """Run the statements of a cohort."""
    schema = cohort_schema(cohort)
    rows = typed(engine.run(statements[0], schema), schema).read_all().to_pylist()
    counted = engine.run(statements[1]).read_all().to_pylist()
    kept = [kept_at(number, counted) for number, _ in enumerate(step_labels(cohort))]
    return rows, [tuple(step[unit] for unit in UNITS) for step in kept]


def differences(wanted, given):
    """Describe where rows or counts differ; nothing where they agree."""
    (rows, steps), (other_rows, other_steps) = wanted, given
    lines = [] if steps == other_steps else [f"attrition {steps} but got {other_steps}"]
    if len(rows) != len(other_rows):
        keys = ("person_id", "index_date", "encounter_id")
        told = [[tuple(row[key] for key in keys) for row in one] for one in (rows, other_rows)]
        return [*lines, f"rows {told[0]} but got {told[1]}"]
    for number, (row, other) in enumerate(zip(rows, other_rows, strict=True)):
        if list(row) != list(other):
            return [*lines, f"columns {list(row)} but got {list(other)}"]
        lines += [
            f"row {number}, {name}: {value!r} but got {other[name]!r}"
            for name, value in row.items()
            if not same(value, other[name])
        ]
    return lines


def same(one, other):
    """Tell whether two cells agree: numbers within 1e-9 of each other, all else exactly."""
    if one is None or other is None:
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return type(one) is type(other) and one == other


def check(databases, dialect, case):
    """Compare one engine with the interpreter.

    Raises:
        AssertionError: they differ; says where, and shows the definition.
    """
    engine = databases.open(dialect, tables(case.data))
    lines = differences(expected(case), found(engine, read(case)))
    assert not lines, "\n".join([dialect, *lines, toml_text(case.definition)])
