"""Criteria in words: a line each, the parts of a group below it."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.explaining.phrases import number
from ehrkit.queries.explaining.timing import when
from ehrkit.queries.explaining.words import bounds, days, either
from ehrkit.queries.language.criteria import (
    Age,
    Attribute,
    Criterion,
    Followed,
    Group,
    Happened,
    Observed,
    Rule,
)

GROUPS = {"any": "any of these", "all": "all of these", "none": "none of these"}


def rule(one: Rule) -> Iterator[str]:
    """Yield the lines of a labelled rule."""
    first, *others = _lines(one.criterion)
    yield f"{one.label}: {first}"
    yield from others


def _lines(one: Criterion) -> Iterator[str]:
    if not isinstance(one, Group):
        yield _simple(one)
        return
    yield f"{GROUPS.get(one.how) or f'{bounds(one.bounds)} of these'}:"
    for part in one.parts:
        first, *others = _lines(part)
        yield f"- {first}"
        yield from (f"  {line}" for line in others)


def _simple(one: Age | Attribute | Observed | Followed | Happened) -> str:
    if isinstance(one, Age):
        return f"an age of {bounds(one.bounds)} years"
    if isinstance(one, Attribute):
        return f"{one.name} is {either(one.allowed)}"
    if isinstance(one, Observed):
        return _observed(one)
    if isinstance(one, Followed):
        return f"{bounds(one.bounds)} days from the index date to the end of follow-up"
    return f"{number(one.count, one.look.events)} {when(one.look.placement)}"


def _observed(one: Observed) -> str:
    first = f"from {days(one.before)} before" if one.before else "from the index date"
    last = f"to {days(one.after)} after" if one.after else "to the index date"
    if one.before and one.after:
        return f"under observation without a break {first} {last} the index date"
    if not (one.before or one.after):
        return "under observation on the index date"
    return f"under observation without a break {first} {last}" + (" it" if one.after else "")
