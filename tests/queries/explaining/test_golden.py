"""A cohort with every feature of the language, read as a person would, and kept as it reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ehrkit.queries.explaining import explain
from ehrkit.queries.reading import library, load_cohort

GOLDEN = Path(__file__).parents[1] / "golden"


def test_everything_reads_as_it_should() -> None:
    cohort = load_cohort(str(GOLDEN / "everything.toml"), as_of=date(2025, 6, 30))
    assert explain(cohort) == (GOLDEN / "everything.txt").read_text()


@pytest.mark.parametrize("name", sorted(library()))
def test_every_shipped_cohort_says_what_it_is(name: str) -> None:
    cohort = load_cohort(name)
    assert cohort.id == name
    text = explain(cohort)
    assert cohort.title in text
    for rule in cohort.rules:
        assert f"  {rule.label}: " in text
    for column in cohort.columns:
        assert f"  {column.name}: " in text
    for outcome in cohort.outcomes:
        assert all(f"  {name}: " in text for name in outcome.columns)
    for needed in ("both bounds", "day 0", "tie", "follow-up", "never meets", "29 february"):
        assert needed in text.lower()
