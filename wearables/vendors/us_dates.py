"""Tell month-day from day-month order in a column of dates, and refuse where it cannot be told.

Exports in US order that were saved again in a spreadsheet can hold both orders in one
column, each with its own spelling. Read in the wrong order, dates scatter over the
year without any error, so each spelling is decided on its own evidence: a part above
twelve, or dates that follow one another closely in one order and jump in the other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ehrkit.core.errors import DataError

DATE = re.compile(r"\s*(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(.*)", re.DOTALL)
CLOCK = re.compile(r"\s*(\d{1,2})(?::(\d{2}))(?::(\d{2}))?\s*([AaPp][Mm])?\s*")
MONTH_FIRST = "month-day"
DAY_FIRST = "day-month"

ENOUGH = 4
"""Steps from one date to the next that must be seen before closeness counts as evidence. Our own
choice."""

Spelling = tuple[str, bool]
Parts = tuple[int, int, int]


@dataclass(frozen=True)
class DateOrders:
    """The order of each spelling (separator, and whether a time follows) found in one column."""

    orders: dict[Spelling, str]
    where: str

    def day(self, text: str, line: int) -> tuple[date, Spelling]:
        """Return the date in the text, and its spelling.

        Raises:
            DataError: it is not a date in the order of its spelling.
        """
        spelling, parts = split(text, f"{self.where}, line {line}")
        found = as_date(parts, self.orders[spelling])
        if found is None:
            raise DataError(
                "a date is not one in its column's order", where=f"{self.where}, line {line}"
            )
        return found, spelling


def split(text: str, where: str) -> tuple[Spelling, Parts]:
    """Return the spelling and the three numbers as written.

    Raises:
        DataError: it is not written like a date.
    """
    match = DATE.fullmatch(text)
    if match is None:
        raise DataError("a date is missing or not written as one", where=where)
    first, separator, second, third, rest = match.groups()
    return (separator, bool(rest.strip())), (int(first), int(second), int(third))


def clock(text: str, where: str) -> tuple[int, int, int]:
    """Return hour, minute and second of a 12-hour or 24-hour time.

    Raises:
        DataError: it is not a time of day.
    """
    match = CLOCK.fullmatch(text)
    hour = int(match[1]) if match else 24
    half = (match[4] or "").upper() if match else ""
    if match is None or hour > (12 if half else 23) or (half and hour == 0):
        raise DataError("a time is missing or not a time of day", where=where)
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    return hour, int(match[2]), int(match[3] or 0)


def as_date(parts: Parts, order: str) -> date | None:
    """Return the date under an order, or None where there is no such date.

    A year that leads is ISO.
    """
    first, second, third = parts
    try:
        if first > 31:
            return date(first, second, third)
        month, day = (first, second) if order == MONTH_FIRST else (second, first)
        return date(third if third > 99 else 2000 + third, month, day)
    except ValueError:
        return None


def find_orders(rows: Iterable[tuple[int, str, str]], where: str) -> DateOrders:
    """Decide the order of every spelling from `(line, person, date text)` rows.

    In the order of the file.

    Raises:
        DataError: two orders are mixed within one spelling, or the evidence fits both.
    """
    found: dict[Spelling, dict[str, dict[Parts, None]]] = {}
    for line, person, text in rows:
        spelling, parts = split(text, f"{where}, line {line}")
        found.setdefault(spelling, {}).setdefault(person, {})[parts] = None
    return DateOrders(
        {
            spelling: _decide([list(parts) for parts in people.values()], where)
            for spelling, people in found.items()
        },
        where,
    )


def _decide(series: list[list[Parts]], where: str) -> str:
    """Return the order of one spelling.

    From the distinct dates of each person in the file's order.
    """
    every = [parts for one in series for parts in one if parts[0] <= 31]
    day_first = any(first > 12 for first, _, _ in every)
    month_first = any(second > 12 for _, second, _ in every)
    if day_first and month_first:
        raise DataError(
            "both day-month and month-day dates stand in one column",
            where=where,
            hint="Export the file again, and do not save it from a spreadsheet.",
        )
    if day_first or month_first:
        order = DAY_FIRST if day_first else MONTH_FIRST
        _refuse_hidden_mixture(series, order, where)
        return order
    scatter = {order: _scatter(series, order, order) for order in (MONTH_FIRST, DAY_FIRST)}
    for order, other in ((MONTH_FIRST, DAY_FIRST), (DAY_FIRST, MONTH_FIRST)):
        if scatter[order] * 2 < scatter[other] and _steps(series) >= ENOUGH:
            return order
    if all(first == second or first > 31 for one in series for first, second, _ in one):
        return MONTH_FIRST
    raise DataError(
        "month-day and day-month order cannot be told apart",
        where=where,
        hint="Write the dates as YYYY-MM-DD.",
    )


def _refuse_hidden_mixture(series: list[list[Parts]], order: str, where: str) -> None:
    """Refuse where the dates that fit both orders follow on much better when swapped."""
    other = DAY_FIRST if order == MONTH_FIRST else MONTH_FIRST
    unsure = [[parts for parts in one if parts[0] <= 12 and parts[1] <= 12] for one in series]
    if _steps(unsure) >= ENOUGH and _scatter(series, order, other) * 2 < _scatter(
        series, order, order
    ):
        raise DataError(
            "some dates of the column follow on only when day and month are swapped",
            where=where,
            hint="Export the file again, and do not save it from a spreadsheet.",
        )


def _steps(series: list[list[Parts]]) -> int:
    return sum(max(0, len(one) - 1) for one in series)


def _scatter(series: list[list[Parts]], sure: str, unsure: str) -> int:
    """Return the days jumped between successive dates of each person, in the file's order."""
    total = 0
    for one in series:
        days = [
            as_date(parts, unsure if parts[0] <= 12 and parts[1] <= 12 else sure) for parts in one
        ]
        numbers = [day.toordinal() for day in days if day is not None]
        total += sum(abs(b - a) for a, b in itertools.pairwise(numbers))
    return total
