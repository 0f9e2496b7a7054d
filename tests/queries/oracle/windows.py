"""Windows: which events lie where a table asks for them, around an anchor."""

from __future__ import annotations

from datetime import timedelta

KEYS = ("days", "hours", "end_days", "end_hours", "same_encounter")


def known(window, anchor):
    """Tell whether the anchor's day, and for hours its instant, is known."""
    if anchor.date is None:
        return False
    return anchor.time is not None or not ("hours" in window or "end_hours" in window)


def fitting(study, one, table, anchor, window=None):
    """Return the selected rows of the index event's person that fit, None with no known anchor.

    The window's keys stand in `table`, or in `window` where a group handed some on.
    """
    window = table if window is None else window
    if not known(window, anchor):
        return None
    return [
        event
        for event in study.events(table)
        if event.person == one.person and _fits(study, window, anchor, event)
    ]


def _fits(study, window, anchor, event):
    if event.date is None:
        return False
    tests = {
        "days": lambda raw: _days(study, raw, anchor.date, event.date),
        "end_days": lambda raw: _days(study, raw, anchor.date, event.end_date),
        "hours": lambda raw: _hours(study, raw, anchor.time, event.time),
        "end_hours": lambda raw: _hours(study, raw, anchor.time, event.end_time),
        "same_encounter": lambda raw: raw == _same(anchor, event),
    }
    return all(tests[key](window[key]) for key in KEYS if key in window)


def _same(anchor, event):
    return event.encounter is not None and event.encounter == anchor.encounter


def _days(study, raw, start, day):
    return day is not None and _between(study, raw, (day - start).days, 1)


def _hours(study, raw, start, moment):
    if moment is None:
        return False
    elapsed = moment.replace(microsecond=0) - start.replace(microsecond=0)
    return _between(study, raw, elapsed // timedelta(seconds=1), 3600)


def _between(study, raw, number, factor):
    low, high = (study.values.bound(one) for one in raw)
    return (low is None or number >= low * factor) and (high is None or number <= high * factor)
