"""Sentences that once said something else than the rows, or said it in poor English."""

from __future__ import annotations

import tomllib

from ehrkit.queries.explaining import explain
from ehrkit.queries.reading import read_cohort
from ehrkit.queries.sections import Section
from ehrkit.queries.vocabulary.codesets import load_code_sets

FIRST_OF_SEVERAL = "the earlier instant, a known one first, then the smallest id"
LAST_OF_SEVERAL = "the latest instant, a known one first, then the one with the largest id"


def text(index: str, column: str = "") -> str:
    document = f'id = "x"\ntitle = "X"\n[index]\n{index}\n'
    document += f'[[column]]\nname = "c"\n{column}\n' if column else ""
    return explain(read_cohort(Section(tomllib.loads(document), "x.toml"), {}, load_code_sets()))


ANY = 'encounter = "any"\nkeep = "every"'


def test_a_washout_comes_before_what_is_kept_of_the_history() -> None:
    found = text('encounter = "emergency"\nkeep = "nth"\nnth = 2\nof = "history"\nwashout = 90')
    assert (
        "The second emergency encounter of the person's whole history "
        "that has no other such event in the 90 days before.\n" in found
    )
    assert "Only if the person" not in found


def test_a_washout_is_told_by_itself_where_every_event_is_kept() -> None:
    found = text('encounter = "emergency"\nkeep = "every"\nwashout = 90')
    assert "Only if the person has no other such event in the 90 days before.\n" in found


def test_ties_of_the_last_event_are_those_of_the_last() -> None:
    calls = 'note = "any"\nfield = "kind"\nvalue = '
    last, nearest = (text(ANY, f'{calls}"{one}"') for one in ("last", "nearest"))
    assert LAST_OF_SEVERAL in last and FIRST_OF_SEVERAL not in last
    assert FIRST_OF_SEVERAL in nearest and LAST_OF_SEVERAL not in nearest


def test_numbers_agree_with_their_verb() -> None:
    index, visits = ANY, 'encounter = "emergency"\n'
    assert "1 if there were no emergency encounters at any" in text(index, f"{visits}exactly = 0")
    assert "1 if there were at most 2 emergency en" in text(index, f"{visits}at_most = 2")
    assert "1 if there was exactly 1 emergency encounter at" in text(index, f"{visits}exactly = 1")


def test_a_person_dies_once() -> None:
    found = text(ANY, 'death = true\nvalue = "days_to"')
    assert "days from the index date to the death at any time." in found


def test_calendar_dates_are_joined_by_and() -> None:
    assert "on 2020-01-01 and 2021-01-01:" in text('calendar = ["2020-01-01", "2021-01-01"]')
