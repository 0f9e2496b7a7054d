"""What is drawn: every construct of the language, cases with rows, and edges that tell."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.queries.databases import EXECUTED
from tests.queries.oracle.comparing import Case, expected
from tests.queries.oracle.constructs import ALL, constructs
from tests.queries.oracle.misreadings import MISREADINGS
from tests.queries.oracle.search import DEFAULT, each_case
from tests.queries.oracle.toml_text import toml_text

PAGE = Path(__file__).parents[3] / "docs" / "cohort-language.md"
# What the page prints as code and no definition holds: names of its examples, of results and
# of commands.
PROSE = """
    any-spine-surgery infection lumbar-fusion next-surgery spinal-fusion reoperation
    reoperation_days reoperation_reason site urgical cm day-limit person_id encounter_id
    index_date discharge_date death_date follow_up_end follow_up_reason ehrkit explain render
    dialect
"""


@pytest.fixture(scope="module")
def drawn() -> list[Case]:
    """What a run of the default size draws, one seed for each engine."""
    seen: list[Case] = []
    for number in range(len(EXECUTED)):
        each_case(number, DEFAULT, seen.append)
    return seen


@pytest.fixture(scope="module")
def more(drawn: list[Case]) -> list[Case]:
    """Twice as many: a misreading shows in few cases."""
    seen = list(drawn)
    for number in range(len(EXECUTED), 2 * len(EXECUTED)):
        each_case(number, DEFAULT, seen.append)
    return seen


@pytest.fixture(scope="module")
def answers(more: list[Case]) -> list:
    return [expected(case) for case in more]


def test_every_construct_is_drawn(drawn: list[Case]) -> None:
    counts = Counter(one for case in drawn for one in constructs(case))
    assert sorted(ALL - counts.keys()) == []


def test_every_word_of_the_page_is_drawn(drawn: list[Case]) -> None:
    words = set().union(*(_words(toml_text(case.definition)) for case in drawn))
    assert sorted(_words(_code(PAGE.read_text())) - words - _words(PROSE)) == []


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z][a-z_-]*[a-z]", text))


def _code(page: str) -> str:
    """Return what the page prints as code: blocks and spans."""
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL))
    return "\n".join([*(re.sub(r"#.*", "", one) for one in blocks), *spans])


def test_enough_of_the_drawn_cases_have_rows(answers: list) -> None:
    assert sum(bool(rows) for rows, _ in answers) > len(answers) / 2
    cells = [value for rows, _ in answers for row in rows for value in row.values()]
    assert sum(one is not None for one in cells) > len(cells) / 2


@pytest.mark.parametrize("name", MISREADINGS)
def test_a_misreading_gives_other_answers(
    name: str, more: list[Case], answers: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, attribute, wrong in MISREADINGS[name]:
        monkeypatch.setattr(module, attribute, wrong)
    assert any(expected(case) != answer for case, answer in zip(more, answers, strict=True))
