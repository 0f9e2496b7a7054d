"""Each mistake names the file, the key, and the nearest right spelling or what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.reading import load_cohort
from tests.queries.reading.files import load
from tests.queries.reading.mistakes.beginnings import HEADS, INDEXES
from tests.queries.reading.mistakes.contradictions import (
    CONTRADICTIONS,
    IMPOSSIBLE,
    POSSIBLE,
)
from tests.queries.reading.mistakes.names import MISSPELT, UNKNOWN_KEYS
from tests.queries.reading.mistakes.values import MISSING, UPSIDE_DOWN, WRONG_TYPES

AFTER_INDEX = [
    *UNKNOWN_KEYS, *MISSPELT, *UPSIDE_DOWN, *WRONG_TYPES, *MISSING, *CONTRADICTIONS,
    *IMPOSSIBLE,
]  # fmt: skip
MISTAKES = [
    *(({"rest": text}, where, says) for text, where, says in AFTER_INDEX),
    *(({"index": text}, where, says) for text, where, says in INDEXES),
    *(({"head": text}, where, says) for text, where, says in HEADS),
]


@pytest.mark.parametrize(("text", "where", "says"), MISTAKES)
def test_a_mistake_names_its_place(
    tmp_path: Path, text: dict[str, str], where: str, says: str
) -> None:
    with pytest.raises((DataError, UsageError)) as caught:
        load(tmp_path, **text)
    assert caught.value.where == (f"mine.toml: {where}" if where else "mine.toml")
    assert says in str(caught.value)


@pytest.mark.parametrize("text", POSSIBLE)
def test_what_something_can_meet_is_read(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text).id == "mine"


# What was written wrongly and might be of a patient, or too long for a log, is not repeated.
@pytest.mark.parametrize(
    "text",
    [
        '[[column]]\nname = "SECRET"\nencounter = "any"',
        '[[column]]\nname = "c"\nencounter = "any"\nwhere = { length_of_stay = "SECRET" }',
        '[[require]]\nlabel = "R"\nage = { at_least = "SECRET" }',
        '[follow_up]\nend_of_data = "SECRET"',
        '[codes.x.include]\ndrg = ["SECRET"]',
        '[codes.x.include]\ndrg = ["SECRET..SECRET"]',
        '[codes.x.include]\ndrg = [{ code = "450", from = "SECRET" }]',
        '[[column]]\nname = "c"\nencounter = "SECRET"',
    ],
)
def test_no_message_repeats_a_value(tmp_path: Path, text: str) -> None:
    with pytest.raises((DataError, UsageError)) as caught:
        load(tmp_path, text)
    assert "SECRET" not in str(caught.value)


def test_what_is_no_file_and_what_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not valid TOML"):
        load(tmp_path, "[[")
    with pytest.raises(UsageError, match="no such file"):
        load_cohort(str(tmp_path / "none.toml"))
    with pytest.raises(UsageError, match="no such file"):
        load_cohort(str(tmp_path / "mine.toml" / "x.toml"))
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(UsageError, match="no such file"):
        load_cohort(str(tmp_path / "folder.toml"))
    (tmp_path / "latin.toml").write_bytes('title = "Übung"'.encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        load_cohort(str(tmp_path / "latin.toml"))
    with pytest.raises(UsageError, match="no cohort named lumbar-fusion-ed-30") as caught:
        load_cohort("lumbar-fusion-ed-30")
    assert caught.value.hint == "Did you mean lumbar-fusion-ed-30d?"
