"""Two different definitions are never explained alike: whatever one changes, the text changes."""

from __future__ import annotations

import copy
import itertools
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.explaining import explain
from ehrkit.queries.language.cohort import ENDS, PICKS, SCOPES, VALUES, Cohort
from ehrkit.queries.language.criteria import COUNTINGS, GROUPS
from ehrkit.queries.reading import read_cohort
from ehrkit.queries.sections import Section
from ehrkit.queries.vocabulary.codesets import load_code_sets

GOLDEN = Path(__file__).parents[1] / "golden" / "everything.toml"
EVERYTHING = tomllib.loads(GOLDEN.read_text())
CODE_SETS = load_code_sets()
TEXTS = (
    *PICKS, *SCOPES, *VALUES, *COUNTINGS, *ENDS, "index", "discharge", "stay", "inpatient",
    "other", "any", "valid", "male", "black", "unknown", "creatinine", "hemoglobin", "g/L",
    "umol/L", "lumbar-fusion", "spinal-infection", "lumbar-fusion-ed-30d", "quantity",
    "ethnicity", "2019-03-01", "as-of", "A01", "1234", "another", "date", "integer", "days",
)  # fmt: skip
ADDED = {
    "same_encounter": True, "after": "discharge", "days": [-3, 3], "hours": [-3, 3],
    "end_days": [-3, 3], "end_hours": [-3, 3], "during": "emergency", "unit": "g/L", "gap": 3,
    "counting": "days", "at_least": 3, "at_most": 3, "above": 0, "below": 3, "before": 3,
    "until": "2020-01-01", "from": "2001-01-01", "descendants": True, "washout": 3, "nth": 3,
    "where": {"value": 3},
}  # fmt: skip


ENOUGH = 2


def read(document: dict[str, Any]) -> Cohort | None:
    section = Section(copy.deepcopy(document), "x.toml")
    try:
        return read_cohort(section, {}, CODE_SETS, date(2025, 6, 30), GOLDEN.parent)
    except (DataError, UsageError):
        return None


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = {dict: dict.items, list: enumerate}.get(type(value), lambda _: ())
    for key, inner in items(value):
        yield (*path, key)
        yield from places(inner, (*path, key))


def others(value: Any) -> list[Any]:
    """Return values that might stand in a value's place."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1, value + 0.25]
    return [*TEXTS, *GROUPS] if isinstance(value, str) else []


def changed(path: tuple[Any, ...]) -> Iterator[Cohort]:
    """Yield cohorts that differ at one place: another value, none, or one key more."""
    *above, last = path

    def copied() -> tuple[dict[str, Any], Any]:
        document = copy.deepcopy(EVERYTHING)
        holder: Any = document
        for key in above:
            holder = holder[key]
        return document, holder

    def with_value(value: object) -> Cohort | None:
        document, holder = copied()
        holder[last] = value
        return read(document)

    _, holder = copied()
    value = holder[last]
    yield from itertools.islice(filter(None, map(with_value, others(value))), ENOUGH)
    for key, added in ADDED.items() if isinstance(value, dict) else ():
        if key not in value and (cohort := with_value({**value, key: added})):
            yield cohort
    document, holder = copied()
    del holder[last]
    if cohort := read(document):
        yield cohort


@pytest.mark.parametrize("part", sorted(EVERYTHING))
def test_a_changed_definition_is_explained_otherwise(part: str) -> None:
    original = read(EVERYTHING)
    assert original is not None
    text, seen = explain(original), 0
    for path in (path for path in places(EVERYTHING) if path[0] == part):
        for cohort in changed(path):
            if cohort != original:
                seen += 1
                assert explain(cohort) != text, path
    assert seen > 0
