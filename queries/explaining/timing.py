"""Anchors, and where events lie around them, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.explaining.words import days
from ehrkit.queries.language.windows import END_SUFFIX, Placement, Window

_ANCHORS = {
    "index": "the index date",
    "discharge": "discharge",
    "follow-up-end": "the end of follow-up",
}


def anchor(placement: Placement) -> str:
    """Name the day of an anchor."""
    if placement.anchor.endswith(END_SUFFIX) and placement.anchor not in _ANCHORS:
        return f"the end of the {placement.event}"
    return _ANCHORS.get(placement.anchor, f"the {placement.anchor}")


def _instant(placement: Placement) -> str:
    return "the index event" if placement.anchor == "index" else anchor(placement)


def when(placement: Placement) -> str:
    """Say where events must lie."""
    parts = list(_windows(placement))
    unsaid = "" if placement.anchor == "index" else f", if {anchor(placement)} is known"
    if placement.same_encounter is None:
        return " and ".join(parts) or f"at any time{unsaid}"
    joined = f"{' and '.join(parts)}, " if parts else ""
    where = "in" if placement.same_encounter else "outside"
    whose = f"of the {placement.event}" if placement.event else ""
    encounter = f"the encounter {whose}" if whose else "the index encounter"
    return f"{joined}{where} {encounter}{'' if parts else unsaid}"


def _windows(placement: Placement) -> Iterator[str]:
    day, instant = anchor(placement), _instant(placement)
    if placement.days is not None:
        yield _days(placement.days, day)
    if placement.hours is not None:
        yield _hours(placement.hours, instant)
    if placement.end_days is not None:
        yield f"ending {_days(placement.end_days, day)}"
    if placement.end_hours is not None:
        yield f"ending {_hours(placement.end_hours, instant)}"


def _days(window: Window, of: str) -> str:
    on = f"on {of}" if of == "the index date" else f"on the day of {of}"
    on = on.replace("the day of the end", "the last day")
    first, last = window.first, window.last
    if first == last == 0:
        return on
    if first is None and last is None:
        return "on any day" if of == "the index date" else f"on any day, if {of} is known"
    if first is None and last == 0:
        return f"{on} or before"
    if first == 0 and last is None:
        return f"{on} or after"
    if first is not None and last == 0:
        return f"{on} or in the {days(-first)} before"
    if first == 0 and last is not None:
        return f"{on} or in the {days(last)} after"
    return _range(window, of, "day")


def _hours(window: Window, of: str) -> str:
    if window == Window():
        return f"at a known instant, if that of {of} is known"
    if window == Window(0, 0):
        return f"at the instant of {of}"
    return _range(window, of, "hour")


def _range(window: Window, of: str, unit: str) -> str:
    first, last = window.first, window.last
    if first is None:
        return _open(last or 0, of, unit, before=True)
    if last is None:
        return _open(first, of, unit, before=False)
    if first == last:
        return f"exactly {_mark(first, unit)} {of}"
    if first < 0 < last:
        return f"from {_mark(first, unit)} to {_mark(last, unit)} {of}"
    side = "after" if last > 0 else "before"
    return f"{abs(first)} to {abs(last)} {unit}s {side} {of}"


def _open(at: int, of: str, unit: str, *, before: bool) -> str:
    """Say everything up to a mark, or from it on."""
    if at == 0:
        return f"at the instant of {of} or {'before' if before else 'after'}"
    if (at < 0) == before:
        return f"{days(abs(at), unit)} or more {'before' if before else 'after'} {of}"
    if before:
        return f"at any time up to {_mark(at, unit)} {of}"
    return f"at any time from {_mark(at, unit)} {of} on"


def _mark(at: int, unit: str) -> str:
    return f"{days(abs(at), unit)} {'after' if at > 0 else 'before'}"
