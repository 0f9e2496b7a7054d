"""Criteria in words."""

from __future__ import annotations

from ehrkit.queries.explaining.phrases import bounds, number, when
from ehrkit.queries.language.criteria import (
    Age,
    Attribute,
    Criterion,
    Followed,
    Group,
    Happened,
    Observed,
)

GROUPS = {"any": "any of", "all": "all of", "none": "none of"}


def criterion(one: Criterion) -> str:
    """Say one criterion."""
    if isinstance(one, Age):
        return f"{bounds(one.bounds)} years old"
    if isinstance(one, Attribute):
        return f"{one.name} is {' or '.join(one.allowed)}"
    if isinstance(one, Observed):
        return f"observed from {one.before} days before to {one.after} days after the index date"
    if isinstance(one, Followed):
        return f"{bounds(one.bounds)} days from the index date to the end of follow-up"
    if isinstance(one, Happened):
        return f"{number(one.count, one.look)} {when(one.look.placement)}"
    return _group(one)


def _group(group: Group) -> str:
    words = GROUPS.get(group.how, f"{bounds(group.bounds)} of")
    return f"{words} ({'; '.join(criterion(part) for part in group.parts)})"
