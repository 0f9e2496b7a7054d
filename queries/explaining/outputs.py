"""Named events, columns, outcomes and follow-up in words."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.explaining.phrases import anchor, events, number, when
from ehrkit.queries.language.cohort import (
    AGGREGATES,
    Cohort,
    Column,
    NamedEvent,
    Outcome,
    PersonColumn,
    Pick,
)

_AGGREGATES = {"sum": "sum", "min": "smallest", "max": "largest", "mean": "mean"}


def named_event(one: NamedEvent) -> str:
    """Say which event a name stands for."""
    found = f"{events(one.look.events)} {when(one.look.placement)}"
    return f"{one.name}: the {_which(one.pick)} {found}."


def _which(pick: Pick) -> str:
    return f"number {pick.nth}" if pick.order == "nth" else pick.order


def column(one: Column | PersonColumn) -> str:
    """Say what a column holds."""
    if isinstance(one, PersonColumn):
        return f"{one.name}: the person's {one.attribute.replace('_', ' ')}."
    return f"{one.name}: {_value(one)}."


def _value(one: Column) -> str:
    look, placed = one.look, when(one.look.placement)
    if one.value == "any":
        return f"1 if there was {number(one.count, look)} {placed}, else 0"
    many = events(look.events, plural=True)
    if one.value == "count":
        different = "" if one.count.counting == "events" else f" on different {one.count.counting}"
        return f"how many {many}{different} {placed}"
    if one.value == "days_to":
        return f"days from {anchor(look.placement)} to the first of the {many} {placed}"
    if one.value in ("first_date", "last_date"):
        return f"date of the {one.value.removesuffix('_date')} of the {many} {placed}"
    name = (one.field or "").replace("_", " ")
    if one.value in AGGREGATES:
        return f"{_AGGREGATES[one.value]} of {name} over the {many} {placed}"
    return f"{name} of the {one.value} {events(look.events)} {placed}"


def outcome(one: Outcome) -> Iterator[str]:
    """Say the three columns of an outcome."""
    name, days, why = one.columns
    start = anchor(one.look.placement)
    found = f"{events(one.look.events)} {when(one.look.placement)}"
    yield f"{name}: 1 if the first {found} came before observation ended, else 0."
    yield f"{days}: days from {start} to that event or to the end of observation."
    yield f"{why}: event, or why observation ended: a reason of follow-up, or window."


def follow_up(cohort: Cohort) -> str:
    """Say when observation ends."""
    one = cohort.follow_up
    ends = [end.replace("-", " ") for end in one.until]
    if one.days is not None:
        ends.append(f"{one.days} days after the index date")
    ends += [
        f"{censor.name} (the first {events(censor.look.events)} {when(censor.look.placement)})"
        for censor in one.censors
    ]
    text = f"Until the earliest of: {', '.join(ends)}."
    if "end-of-data" in one.until:
        last = one.end_of_data or "the latest day of any encounter in the data"
        text += f" The data ends on {last}."
    return text
