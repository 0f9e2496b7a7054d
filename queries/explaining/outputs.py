"""Named events, columns, outcomes and follow-up in words."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.explaining.phrases import are_many, counted, events, field, number
from ehrkit.queries.explaining.timing import anchor, when
from ehrkit.queries.explaining.words import days, either, ordinal
from ehrkit.queries.language.cohort import (
    AGGREGATES,
    PICKED,
    Cohort,
    Column,
    FollowUp,
    NamedEvent,
    Outcome,
    PersonColumn,
)
from ehrkit.queries.language.criteria import Look
from ehrkit.queries.spelling import with_article

_AGGREGATES = {"sum": "sum of the", "min": "smallest", "max": "largest", "mean": "mean"}


def which(order: str, nth: int) -> str:
    """Return first, last, nearest, or third."""
    return ordinal(nth) if order == "nth" else order


def _found(look: Look, *, plural: bool = False) -> str:
    return f"{events(look.events, plural=plural)} {when(look.placement)}"


def _one(order: str, look: Look) -> str:
    """Name one event of several; a person has one death."""
    alone = look.events.relations == ("death",) and order in PICKED
    return _found(look) if alone else f"{order} {_found(look)}"


def named_event(one: NamedEvent) -> str:
    """Say which event a name stands for."""
    return f"{one.name}: the {_one(which(one.pick.order, one.pick.nth), one.look)}."


def column(one: Column | PersonColumn) -> str:
    """Say what a column holds."""
    if isinstance(one, PersonColumn):
        return f"{one.name}: the person's {field(one.attribute)}."
    return f"{one.name}: {_value(one)}."


def _value(one: Column) -> str:
    look, placed = one.look, when(one.look.placement)
    if one.value == "any":
        verb = "were" if are_many(one.count) else "was"
        return f"1 if there {verb} {number(one.count, look.events)} {placed}, else 0"
    if one.value == "count":
        return f"{counted(one.count, look.events)} {placed}"
    if one.value == "days_to":
        return f"days from {anchor(look.placement)} to the {_one('first', look)}"
    if one.value in ("first_date", "last_date"):
        return f"date of the {_one(one.value.removesuffix('_date'), look)}"
    name = field(one.field or "")
    if one.value in AGGREGATES:
        return f"{_AGGREGATES[one.value]} {name} of the {_found(look, plural=True)}"
    if one.field == "days":
        name = f"days from {anchor(look.placement)} to"
        return f"{name} the {_one(one.value, look)}"
    return f"{name} of the {_one(one.value, look)}"


def outcome(one: Outcome, ends: FollowUp) -> Iterator[str]:
    """Yield a line for each of the three columns of an outcome."""
    name, until, why = one.columns
    start = anchor(one.look.placement)
    reasons = [*ends.until, *(censor.name for censor in ends.censors)]
    reasons += ["day-limit"] if ends.days is not None else []
    reasons += ["window"] if _ends(one.look) else []
    found = with_article(_found(one.look))
    yield f"{name}: 1 if there was {found}, by the end of observation; else 0."
    yield f"{until}: days from {start} to the first of them, else to the end of observation."
    yield f"{why}: event, or what ended observation: {either(reasons)}."


def _ends(look: Look) -> bool:
    return look.placement.days is not None and look.placement.days.last is not None


def follow_up(cohort: Cohort) -> Iterator[str]:
    """Yield when observation ends: a line for each end."""
    one = cohort.follow_up
    last = one.end_of_data or "the latest day of any encounter in the data"
    words = {
        "death": "death",
        "last-contact": "last-contact: the latest day of any encounter of the person",
        "end-of-data": f"end-of-data: {last}",
        "observation-end": "observation-end: the end of observation around the index date",
    }
    yield "Observation ends on the earliest of:"
    yield from (f"- {words[end]}" for end in one.until)
    if one.days is not None:
        yield f"- day-limit: {days(one.days)} after the index date"
    for censor in one.censors:
        yield f"- {censor.name}: the {_one('first', censor.look)}"
