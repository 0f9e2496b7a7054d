"""The invented patients of every shipped cohort: all are met, and they leave nothing untried."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ehrkit.queries.compiling.attrition import step_labels
from ehrkit.queries.proving.expectations import MET, check_expectations, expectations_beside
from ehrkit.queries.reading import find_cohort, library, load_cohort
from ehrkit.queries.vocabulary.codesets import load_code_sets

CODE_SETS = load_code_sets()


@pytest.mark.parametrize("name", sorted(library()))
def test_every_rule_excludes_somebody_and_every_column_has_two_values(name: str) -> None:
    checks = check_expectations(
        name, expectations_beside(find_cohort(name)), {}, CODE_SETS
    ).to_pylist()
    assert [one for one in checks if one["result"] != MET] == []
    cohort = load_cohort(name, code_sets=CODE_SETS)
    values = defaultdict(set)
    for one in checks:
        values[one["check"].partition(": ")[2] or one["check"]].add(one["found"])
    rules = {rule.label for rule in cohort.rules}
    dates = {label for label in step_labels(cohort) if label.startswith("Index date")}
    assert rules | (dates if cohort.index.keep == "first" else set()) <= values["excluded by"]
    columns = [column.name for column in cohort.columns]
    columns += [column for outcome in cohort.outcomes for column in outcome.columns]
    assert [column for column in columns if len(values[column]) < 2] == []
