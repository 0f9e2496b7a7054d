"""Numbers and lists in English."""

from __future__ import annotations

from collections.abc import Iterable

from ehrkit.queries.language.windows import Bounds

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


def figure(value: float) -> str:
    """Write a number in full, without a needless fraction."""
    return str(int(value)) if value == int(value) else str(value)


def ordinal(number: int) -> str:
    """Return first, second, ... ninth, 10th, 11th."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    return f"{number}{'th' if number % 100 in (11, 12, 13) else _SUFFIXES.get(number % 10, 'th')}"


def either(words: Iterable[str]) -> str:
    """Join alternatives: a, b or c."""
    *some, last = words
    return f"{', '.join(some)} or {last}" if some else last


def both(words: Iterable[str]) -> str:
    """Join what all holds: a, b and c."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def days(number: int, unit: str = "day") -> str:
    """Return `1 day`, `30 days`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def bounds(one: Bounds) -> str:
    """Say a range of numbers."""
    if one.low is not None and one.high is not None and not (one.low_open or one.high_open):
        same = one.low == one.high
        return f"exactly {figure(one.low)}" if same else f"{figure(one.low)} to {figure(one.high)}"
    parts = []
    if one.low is not None:
        parts.append(f"{'above' if one.low_open else 'at least'} {figure(one.low)}")
    if one.high is not None:
        parts.append(f"{'below' if one.high_open else 'at most'} {figure(one.high)}")
    return " and ".join(parts) or "any"
