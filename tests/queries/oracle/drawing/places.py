"""Where events must lie: anchors, windows of days and hours, same or another encounter."""

from __future__ import annotations

from tests.queries.oracle.drawing.chance import maybe, one_of
from tests.queries.oracle.drawing.words import has

# Differences that the drawn days make, and some beside them.
DAYS = (-366, -31, -30, -29, -2, -1, -1, 0, 0, 0, 1, 1, 2, 28, 29, 30, 31, 366)
HOURS = (-720, -24, -12, -12, 0, 0, 0, 12, 12, 12, 24, 720)
HOURLY = ("hours", "end_hours")


def bounds(draw, numbers):
    """Draw the two bounds of a window."""
    low, high = sorted((one_of(draw, numbers), one_of(draw, numbers)))
    choice = draw_kind(draw)
    return {
        "open start": ["any", high], "open end": [low, "any"], "open": ["any", "any"],
        "parameter": [-1, "window"],
    }.get(choice, [low, high])  # fmt: skip


def draw_kind(draw):
    return one_of(draw, ("closed", "closed", "closed", "open start", "open end", "open", "parameter"))


def placement(draw, look, anchors):
    """Draw the keys that place a look; `anchors` maps names to whether they have an instant."""
    table = {}
    if maybe(draw, 50):
        table["after"] = one_of(draw, list(anchors))
    _windows(draw, table, has(look), anchors[table.get("after", "index")])
    return table


def group_placement(draw, parts, anchors):
    """Draw what a group hands to its parts; every part must be able to have it."""
    table, looks = {}, list(_looks(parts))
    hourly = any(key in one for one in _tables(parts) for key in HOURLY)
    if maybe(draw, 50):
        names = [name for name, instant in anchors.items() if instant or not hourly]
        table["after"] = one_of(draw, names)
    instant = anchors[table.get("after", "index")] and all(
        anchors[one["after"]] for one in _tables(parts) if "after" in one
    )
    can = tuple(map(all, zip(*map(has, looks), strict=True))) if looks else (False,) * 3
    _windows(draw, table, can, instant, often=45)
    return table


def _windows(draw, table, can, instant, often=30):
    instants, end_days, end_hours = can
    if instants and instant and maybe(draw, often):
        table["hours"] = bounds(draw, HOURS)
    if end_days and maybe(draw, often):
        table["end_days"] = bounds(draw, DAYS)
    if end_hours and instant and maybe(draw, often):
        table["end_hours"] = bounds(draw, HOURS)
    if maybe(draw, 15 if table.keys() & {*HOURLY, "end_days"} else 60):
        table["days"] = bounds(draw, DAYS)
    if maybe(draw, 18):
        table["same_encounter"] = one_of(draw, (True, False))


def _tables(parts):
    for part in parts:
        yield part
        for how in ("any", "all", "none", "of"):
            if isinstance(part.get(how), list) and how in part:
                yield from _tables(part[how])


def _looks(parts):
    """Yield the selectors inside criteria."""
    for table in _tables(parts):
        try:
            has(table)
        except StopIteration:
            continue
        yield table
