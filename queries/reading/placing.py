"""Reading where events must lie; what a group says is its parts' default."""

from __future__ import annotations

from typing import Any

from ehrkit.queries.language.events import Events
from ehrkit.queries.language.fields import EventRelation
from ehrkit.queries.language.windows import (
    ANCHORS,
    AT_ANY_TIME,
    END_SUFFIX,
    WINDOWS,
    Placement,
    Window,
)
from ehrkit.queries.reading.scope import Scope
from ehrkit.queries.sections import Section, placed
from ehrkit.queries.spelling import with_article

# What events must have for a window, and the answer where they have not.
_NEEDS = {
    "hours": ("instant", "{} has a date alone, so no hours"),
    "end_days": ("end_date", "{} has no end"),
    "end_hours": ("end_time", "the end of {} has no instant"),
}
KEYS = ("after", *WINDOWS, "same_encounter")


def read_placement(table: Section, scope: Scope, outer: Placement = AT_ANY_TIME) -> Placement:
    """Take anchor, windows and same_encounter; what is not said is the outer table's.

    Raises:
        DataError: an unknown anchor, a window upside down, or bounds that are none.
    """
    windows = {key: _window(table, key, scope, getattr(outer, key)) for key in WINDOWS}
    same = table.take("same_encounter", bool, outer.same_encounter)
    anchor = table.one_of("after", anchors(scope), outer.anchor)
    return Placement(anchor, **windows, same_encounter=same)


def anchors(scope: Scope) -> tuple[str, ...]:
    """Return the anchors that may be named here."""
    found = list(ANCHORS)
    for name, event in scope.events.items():
        found.append(name)
        if event.look.events.has.end_date:
            found.append(name + END_SUFFIX)
    return tuple(found)


def check_placement(table: Section, placement: Placement, events: Events, scope: Scope) -> None:
    """Refuse windows that the events or their anchor cannot have.

    Raises:
        DataError: hours of what has dates alone, an end of what has none.
    """
    for key, (has, why) in _NEEDS.items():
        if getattr(placement, key) is None or getattr(events.has, has):
            continue
        lacks = (part.relation for part in events.parts if not getattr(part.has, has))
        what = "era" if events.gap is not None else next(lacks).replace("_", " ")
        raise table.error(why.format(with_article(what)), key=key)
    if placement.needs_instant and not _anchor_has_instant(placement, scope):
        raise table.error(f"{placement.anchor} has a date alone, so no hours", key="after")


def _anchor_has_instant(placement: Placement, scope: Scope) -> bool:
    if placement.event is None:
        return placement.anchor != "follow-up-end"
    has: EventRelation = scope.events[placement.event].look.events.has
    return has.end_time if placement.anchor.endswith(END_SUFFIX) else has.instant


def _window(table: Section, key: str, scope: Scope, default: Window | None) -> Window | None:
    raw = table.take(key, list)
    if raw is None:
        return default
    if len(raw) != 2:
        raise table.error('must be two bounds, such as [1, 30] or ["any", -1]', key=key)
    with placed(f"{table.where}: {key}"):
        return Window(_bound(table, key, scope, raw[0]), _bound(table, key, scope, raw[1]))


def _bound(table: Section, key: str, scope: Scope, raw: Any) -> int | None:
    if raw == "any":
        return None
    value = scope.value("days", raw)
    if not isinstance(value, int):
        raise table.error(
            "a bound is a whole number, a parameter, or any",
            key=key,
            hint=scope.near(raw),
        )
    return value
