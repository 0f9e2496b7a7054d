"""Dates of cohort files: ISO dates, and dates relative to the day of the run."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

AS_OF = "as-of"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_RELATIVE = re.compile(r"as-of(?:\s*([+-])\s*(\d{1,5})\s*(day|month|year)s?)?")


def is_relative(raw: object) -> bool:
    """Tell whether a text is a date relative to the run."""
    return isinstance(raw, str) and _RELATIVE.fullmatch(raw.strip()) is not None


def read_date(raw: object, as_of: date) -> date | None:
    """Return the day that a TOML value means, or None where it means none.

    Args:
        raw: a date, `YYYY-MM-DD`, `as-of`, or `as-of - 2 years` (days, months, years).
        as_of: the day of the run.
    """
    if type(raw) is date:
        return raw
    if not isinstance(raw, str):
        return None
    found = _RELATIVE.fullmatch(raw.strip())
    try:
        return _moved(as_of, found) if found else iso_date(raw)
    except (ValueError, OverflowError):
        return None


def iso_date(text: str) -> date | None:
    """Return the day of `YYYY-MM-DD`, or None: the other ways of ISO 8601 are easily misread."""
    try:
        return date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        return None


def _moved(as_of: date, found: re.Match[str]) -> date:
    sign, number, unit = found.groups()
    if number is None:
        return as_of
    steps = int(number) * (-1 if sign == "-" else 1)
    if unit == "day":
        return as_of + timedelta(days=steps)
    months = as_of.year * 12 + as_of.month - 1 + steps * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(as_of.day, monthrange(year, month + 1)[1]))
