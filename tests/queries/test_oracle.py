"""The compiled SQL returns what an independent reading of the cohort file returns.

Hypothesis draws cohort files with every construct of the language, and small data full of
edges; rows, their order and attrition are compared with the interpreter's on every engine.
EHRKIT_TEST_DRAWS says how many are drawn for each engine; `python -m tests.queries.oracle.search`
draws thousands.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.queries.databases import EXECUTED, Databases
from tests.queries.oracle.comparing import check, expected
from tests.queries.oracle.constructs import ALL, constructs
from tests.queries.oracle.drawing.cases import cases
from tests.queries.oracle.drawing.definitions import Drawn
from tests.queries.oracle.search import each_case
from tests.queries.oracle.toml_text import toml_text

DEFAULT = 30
DRAWS = int(os.environ.get("EHRKIT_TEST_DRAWS", DEFAULT))
PAGE = Path(__file__).parents[2] / "docs" / "cohort-language.md"

searching = settings(
    max_examples=DRAWS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate] if DRAWS > DEFAULT else list(Phase),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("dialect", EXECUTED)
@searching
@given(case=cases())
def test_an_engine_agrees_with_the_interpreter(databases: Databases, dialect: str, case) -> None:
    check(databases, dialect, *case)


@pytest.fixture(scope="module")
def drawn() -> list[tuple[Drawn, dict]]:
    """What a run of the default size draws, one seed for each engine."""
    seen: list[tuple[Drawn, dict]] = []
    for number in range(len(EXECUTED)):
        each_case(number, DEFAULT, seen.append)
    return seen


def test_every_construct_is_drawn(drawn) -> None:
    counts = Counter(one for definition, _ in drawn for one in constructs(definition))
    assert sorted(ALL - counts.keys()) == []


# Words of the page that no definition holds: names of examples, and prose.
PROSE = set(
    ["any-spine-surgery", "infection", "lumbar-fusion", "next-surgery", "spinal-fusion", "reoperation", "reoperation_days", "reoperation_reason", "site", "urgical", "cm", "day-limit", "person_id", "encounter_id", "index_date", "discharge_date", "death_date", "follow_up_end", "follow_up_reason", "ehrkit", "explain", "render", "dialect"]
)


def test_every_word_of_the_page_is_drawn(drawn) -> None:
    words = set()
    for definition, _ in drawn:
        words |= _words(toml_text(definition.definition))
    assert sorted(_words(_code(PAGE.read_text())) - words - PROSE) == []


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z][a-z_-]*[a-z]", text))


def _code(page: str) -> str:
    """Return what the page prints as code: blocks and spans."""
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL))
    return "\n".join([*(re.sub(r"#.*", "", one) for one in blocks), *spans])


def test_enough_of_the_drawn_cases_have_rows(drawn) -> None:
    rows = [expected(*case)[0] for case in drawn]
    assert sum(map(bool, rows)) > len(rows) / 3
    cells = [value for some in rows for row in some for value in row.values()]
    assert sum(one is not None for one in cells) > len(cells) / 2
