"""The text that a person reads: in the order of the story, and as reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import render_cohort

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("dialect", ["duckdb", "tsql"])
def test_the_readable_rendering_is_as_reviewed(dialect: str) -> None:
    """A change of the SQL is a change of these files: read the difference before keeping it."""
    text = render_cohort(load_cohort("lumbar-fusion-ed-30d"), load_adapter("epic-clarity"), dialect)
    assert text + "\n" == (GOLDEN / f"lumbar-fusion-ed-30d.{dialect}.sql").read_text()


def test_parts_stand_in_the_order_of_the_story() -> None:
    cohort = load_cohort("lumbar-fusion-ed-30d")
    tree = sqlglot.parse_one(render_cohort(cohort, load_adapter("omop-5.4"), "duckdb"))
    names = [cte.alias for cte in tree.ctes]
    assert names == list(dict.fromkeys(names))
    story = [
        "persons", "encounters", "procedures", "lumbar_fusion_procedures", "index_found",
        "index_entered", "index_steps", "rule_2_vertebral_fracture", "index_passed", "follow_ups",
        "of_ed_within_30d",
    ]  # fmt: skip
    assert [name for name in names if name in story] == story
