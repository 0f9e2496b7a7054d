"""Tests of a cohort: invented patients, and which rows - or which rule - each must come to.

    [[patient]]
    label = "An emergency visit on day 30"
    person = { birth_date = 1960-02-29 }
    encounter = [{ encounter = "1", kind = "inpatient", date = 2020-03-01, end = 2020-03-04 }]
    procedure = [{ encounter = "1", date = 2020-03-01, code = "0SG00J1" }]
    [[patient.expect]]
    index_date = 2020-03-01

A patient without `expect` must not be in the cohort; `excluded_by` says by which step.
An empty text expects an empty cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest
from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.compiling.attrition import NOT_FOUND, compile_decisions, step_labels
from ehrkit.queries.engines.duckdb import open_memory
from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.proving.invented import Patient, read_patient, tables_of
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import cohort_schema, run_cohort
from ehrkit.queries.sections import Section, read_toml
from ehrkit.queries.vocabulary.codesets import CodeSet

SCHEMA = pa.schema(
    [
        field(name, pa.string(), Phi.NONE)
        for name in ("patient", "check", "expected", "found", "result")
    ]
)
MET, MISSED = "met", "missed"


@dataclass(frozen=True)
class Expectation:
    """What one patient must come to: rows, or none and perhaps the step that decides."""

    patient: Patient
    rows: tuple[Mapping[str, Any], ...]
    excluded_by: str | None


def expectations_beside(cohort_file: Path) -> Path:
    """Return the file beside a cohort file that holds its tests: NAME.test.toml."""
    return cohort_file.with_name(f"{cohort_file.stem}.test.toml")


def check_expectations(
    name: str, tests: Path, values: Mapping[str, str], code_sets: Mapping[str, CodeSet]
) -> pa.Table:
    """Run a cohort on its invented patients, in memory.

    Args:
        name: the cohort, as for `load_cohort`.
        tests: the file of patients and expectations.
        values: parameters; those of the file's `[set]` unless they are given.
        code_sets: what code set names mean.

    Returns:
        One row per check: patient, check, expected, found, and result (met or missed).

    Raises:
        DataError: the file breaks a rule, or names a column or step that there is not.
    """
    section = read_toml(tests)
    given = section.take("set", dict, {}) | dict(values)
    as_of = section.take("as_of", date)
    cohort = load_cohort(name, values=given, code_sets=code_sets, as_of=as_of)
    expectations = [
        _expectation(one, number, cohort) for number, one in enumerate(section.subs("patient"), 1)
    ]
    section.finish()
    if not expectations:
        raise UsageError("the file holds no [[patient]]", where=str(tests))
    return pa.Table.from_pylist(list(_checks(cohort, expectations)), schema=SCHEMA)


def _expectation(table: Section, number: int, cohort: Cohort) -> Expectation:
    rows = tuple(_expected_row(one, cohort) for one in table.subs("expect"))
    excluded = table.take("excluded_by", str)
    labels = step_labels(cohort)
    if excluded is not None:
        if rows:
            raise table.error("who is expected cannot be excluded", key="excluded_by")
        steps = (*labels, *(rule.label for rule in cohort.rules), NOT_FOUND)
        if excluded not in steps:
            near = suggest(excluded, steps)
            raise table.error("the cohort has no such step", key="excluded_by", hint=near)
    patient = read_patient(table, number)
    table.finish()
    return Expectation(patient, rows, excluded)


def _expected_row(table: Section, cohort: Cohort) -> Mapping[str, Any]:
    names = cohort_schema(cohort).names
    for key in table.table:
        if key not in names:
            raise table.error("the cohort has no such column", key=key, hint=suggest(key, names))
    return table.table


def _checks(cohort: Cohort, expectations: list[Expectation]) -> Iterator[dict[str, str]]:
    adapter = load_adapter("logical")
    tables = tables_of(one.patient for one in expectations)
    with open_memory(tables) as engine:
        rows = run_cohort(cohort, adapter, engine).read_all().to_pylist()
        decided = engine.run(compile_decisions(cohort, adapter)).read_all().to_pylist()
    labels = step_labels(cohort)
    for one in expectations:
        own = [row for row in rows if row["person_id"] == one.patient.person_id]
        last = [row["reached"] for row in decided if row["person_id"] == one.patient.person_id]
        yield _check(one, "rows", len(one.rows), len(own))
        for number, (expected, found) in enumerate(zip(one.rows, own, strict=False), 1):
            for column, value in expected.items():
                yield _check(one, f"row {number}: {column}", value, found[column])
        if one.excluded_by is not None:
            yield _check(one, "excluded by", one.excluded_by, _step_after(labels, last))


def _step_after(labels: list[str], reached: list[int]) -> str:
    """Name the step that the farthest event did not pass; its own label where it is a rule's."""
    if not reached:
        return NOT_FOUND
    at = max(reached) + 1
    return labels[at].removeprefix("Excluded: ") if at < len(labels) else "nothing: in the cohort"


def _check(one: Expectation, what: str, expected: object, found: object) -> dict[str, str]:
    return {
        "patient": one.patient.label,
        "check": what,
        "expected": _plain(expected),
        "found": _plain(found),
        "result": MET if _same(expected, found) else MISSED,
    }


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-9)
    return _plain(expected) == _plain(found)


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).removeprefix("Excluded: ")
