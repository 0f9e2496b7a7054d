"""Whatever a file holds, reading it gives a cohort or an error with its place: nothing else."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.explaining import explain
from ehrkit.queries.language.cohort import VALUES
from ehrkit.queries.language.fields import EVENT_RELATIONS
from ehrkit.queries.reading import read_cohort
from ehrkit.queries.reading.criteria import CRITERIA
from ehrkit.queries.sections import Section
from ehrkit.queries.vocabulary.codesets import load_code_sets

GOLDEN = Path(__file__).parents[1] / "golden" / "everything.toml"
EVERYTHING = tomllib.loads(GOLDEN.read_text())
CODE_SETS = load_code_sets()
AS_OF = date(2025, 6, 30)
FIELDS = sorted({name for one in EVENT_RELATIONS.values() for name in one.fields})
WORDS = sorted({
    *CRITERIA, *VALUES, *FIELDS, *EVERYTHING["parameters"], "events", "days", "hours", "end_days",
    "end_hours", "after", "gap", "unit", "where", "during", "counting", "set", "keep", "nth", "of",
    "label", "name", "person", "field", "value", "default", "type", "until", "censor", "calendar",
    "between", "washout", "same_encounter", "code", "from", "descendants", "include", "exclude",
    "index", "discharge", "follow-up-end", "revision", "stay-end", "mg/dL", "any", "emergency",
    "lumbar-fusion", "opioids", "creatinine", "new-opioid-users", "as-of", "as-of - 99999 years",
    "A..B", "*", "", " ", "..", "../x.toml", "\0.toml", "\N{SNOWMAN}", "icd10cm", "omop",
})  # fmt: skip
SCALARS = st.one_of(
    st.none().map(lambda _: True),
    st.booleans(),
    st.integers(-400, 400),
    st.sampled_from([2**63 - 1, -(2**63), 10**30]),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=4),
    st.just(date(2020, 2, 29)),
    st.just(datetime(2020, 2, 29, 23, 59)),
    st.just(time(12)),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    ),
    max_leaves=8,
)


def check(document: dict[str, object]) -> None:
    try:
        cohort = read_cohort(Section(document, "mine.toml"), {}, CODE_SETS, AS_OF, GOLDEN.parent)
    except (DataError, UsageError) as error:
        assert error.where, error.what
        return
    assert explain(cohort).startswith(cohort.title)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a document."""
    items = {dict: dict.items, list: enumerate}.get(type(value), lambda _: ())
    for key, inner in items(value):
        yield (*path, key)
        yield from places(inner, (*path, key))


PLACES = list(places(EVERYTHING))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_file_with_one_wrong_thing_is_read_or_refused(data: st.DataObject) -> None:
    document = copy.deepcopy(EVERYTHING)
    for _ in range(data.draw(st.integers(1, 2))):
        *above, last = data.draw(st.sampled_from(PLACES))
        holder = document
        try:
            for key in above:
                holder = holder[key]
            holder[last]
        except (KeyError, IndexError, TypeError):
            continue
        how = data.draw(st.sampled_from(["replace", "drop", "add"]))
        if how == "drop":
            del holder[last]
        elif how == "replace":
            holder[last] = data.draw(ANYTHING)
        elif isinstance(holder, dict):
            holder[data.draw(st.sampled_from(WORDS))] = data.draw(ANYTHING)
        else:
            holder.append(data.draw(ANYTHING))
    check(document)


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {"id": st.just("x"), "title": st.just("X"), "index": ANYTHING},
        optional={
            key: st.lists(ANYTHING, max_size=2) | ANYTHING
            for key in ("parameters", "codes", "event", "require", "forbid", "column", "outcome",
                        "follow_up", "source", "conventions", "colum")
        },
    )
)  # fmt: skip
def test_any_tables_are_read_or_refused(document: dict[str, object]) -> None:
    check(document)
