"""Parameters and dates: what a literal in a cohort file stands for."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_RELATIVE = re.compile(r"as-of(?:\s*([+-])\s*(\d+)\s*(day|month|year)s?)?")


def months_later(start, months):
    """Add months; a month that is too short ends on its last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def read_date(raw, as_of):
    """Read YYYY-MM-DD, `as-of`, or `as-of - 2 years`."""
    if isinstance(raw, date):
        return raw
    relative = _RELATIVE.fullmatch(raw.strip())
    if not relative:
        return date.fromisoformat(raw)
    sign, number, unit = relative.groups()
    if sign is None:
        return as_of
    amount = int(number) * (-1 if sign == "-" else 1)
    if unit == "day":
        return as_of + timedelta(days=amount)
    return months_later(as_of, amount * (12 if unit == "year" else 1))


class Values:
    """The parameters of one file, after `--set` (texts) or `set` (values)."""

    def __init__(self, parameters, given, as_of):
        self.as_of = as_of
        self.known = {n: given.get(n, one["default"]) for n, one in parameters.items()}

    def plain(self, raw):
        """Return a literal, or the value of the parameter that a text names."""
        return self.known.get(raw, raw) if isinstance(raw, str) else raw

    def number(self, raw):
        """Return a number; `--set` gives it as text."""
        value = self.plain(raw)
        if not isinstance(value, str):
            return value
        return float(value) if any(c in value for c in ".eE") else int(value)

    def bound(self, raw):
        """Return the bound of a window; None is unbounded."""
        return None if self.plain(raw) == "any" else self.number(raw)

    def date(self, raw):
        return read_date(self.plain(raw), self.as_of)

    def texts(self, raw):
        """Return one text or a list of texts as a list."""
        return [self.plain(one) for one in (raw if isinstance(raw, list) else [raw])]


def age(born, on):
    """Whole years; who is born on 29 February turns older on 1 March (or on a 29 February)."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
