"""Events, windows and numbers in words."""

from __future__ import annotations

from ehrkit.queries.language.criteria import Count, Look
from ehrkit.queries.language.events import Events, NumberFilter, Selection, TextFilter
from ehrkit.queries.language.windows import END_SUFFIX, Bounds, Placement, Window
from ehrkit.queries.relations import RELATIONS

PLURALS = {"death": "deaths", "cohort": "index events"}
_ANCHORS = {
    "index": "the index date",
    "discharge": "discharge",
    "follow-up-end": "the end of follow-up",
}


def anchor(placement: Placement) -> str:
    """Name an anchor."""
    if placement.anchor in _ANCHORS:
        return _ANCHORS[placement.anchor]
    if placement.anchor.endswith(END_SUFFIX):
        return f"the end of {placement.event}"
    return placement.anchor


def events(one: Events, *, plural: bool = False) -> str:
    """Name events: a union joined by or, eras with their gap."""
    words = [_selection(part, plural=plural or one.gap is not None) for part in one.parts]
    text = " or ".join(words)
    if one.gap is None:
        return text
    return f"era{'s' if plural else ''} of {text} (at most {one.gap} days between)"


def _selection(part: Selection, *, plural: bool) -> str:
    many = RELATIONS[part.relation].cte if part.relation in RELATIONS else PLURALS[part.relation]
    noun = (many if plural else part.relation).replace("_", " ")
    if part.relation == "cohort":
        text = f"{'index events' if plural else 'index event'} of {part.name}"
    elif part.relation == "death":
        text = noun
    else:
        text = f"{part.name} {noun}"
    extra = [_filter(one) for one in part.where]
    if part.unit:
        extra.append(f"value in {part.unit}")
    if part.during:
        extra.append(f"during an encounter of kind {' or '.join(part.during)}")
    return f"{text} ({', '.join(extra)})" if extra else text


def _filter(one: NumberFilter | TextFilter) -> str:
    name = one.field.replace("_", " ")
    if isinstance(one, TextFilter):
        return f"{name} {' or '.join(one.patterns)}"
    return f"{name} {bounds(one.bounds)}"


def bounds(one: Bounds) -> str:
    """Say a range of numbers."""
    low = None if one.low is None else f"{'above' if one.low_open else 'at least'} {one.low:g}"
    high = None if one.high is None else f"{'below' if one.high_open else 'at most'} {one.high:g}"
    if one.low is not None and one.low == one.high and not (one.low_open or one.high_open):
        return f"exactly {one.low:g}"
    return " and ".join(part for part in (low, high) if part) or "any"


def number(count: Count, look: Look) -> str:
    """Say how many events, and what of them is counted."""
    many = count.bounds.high != 1 and count.bounds != Bounds(low=1)
    text = f"{bounds(count.bounds)} {events(look.events, plural=many)}"
    if count.counting == "events":
        return text
    return f"{text}, counting different {count.counting}"


def when(placement: Placement) -> str:
    """Say where events must lie."""
    of = anchor(placement)
    parts = []
    for window, unit, what in (
        (placement.days, "day", ""),
        (placement.hours, "hour", ""),
        (placement.end_days, "day", "ending "),
        (placement.end_hours, "hour", "ending "),
    ):
        if window is not None and window != Window():
            parts.append(f"{what}{_window(window, unit)} {of}")
    text = " and ".join(parts) or f"at any time, where {of} is known"
    if placement.same_encounter is None:
        return text
    return f"{text}, {'in the same' if placement.same_encounter else 'in another'} encounter"


def _window(window: Window, unit: str) -> str:
    if window.first is not None and window.last is not None:
        if window.first == window.last:
            return f"on {_mark(window.first, unit)} of"
        return f"from {_mark(window.first, unit)} to {_mark(window.last, unit)} of"
    if window.first is not None:
        return f"from {_mark(window.first, unit)} on of"
    return f"up to {_mark(window.last or 0, unit)} of"


def _mark(at: int, unit: str) -> str:
    return f"{unit} {at:+d}" if at else f"{unit} 0"
