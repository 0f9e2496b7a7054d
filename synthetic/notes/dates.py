"""Dates as clinicians write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Style = Callable[[date], str]


def ordinal(day: int) -> str:
    """Return 1st, 2nd, 3rd, 4th ..."""
    if day in (11, 12, 13):
        return f"{day}th"
    return f"{day}{('th', 'st', 'nd', 'rd', 'th', 'th', 'th', 'th', 'th', 'th')[day % 10]}"


def padded(day: date) -> str:
    """Return MM/DD/YYYY."""
    return f"{day.month:02d}/{day.day:02d}/{day.year}"


def slashed(day: date) -> str:
    """Return M/D/YY."""
    return f"{day.month}/{day.day}/{day.year % 100:02d}"


def long_form(day: date) -> str:
    """Return Month D, YYYY."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


# Styles of a full date in headers and tables.
FORMAL: tuple[Style, ...] = (
    padded, padded, padded, slashed, long_form,
    date.isoformat,
    lambda day: f"{day.month}/{day.day}/{day.year}",
    lambda day: f"{day.day:02d}-{SHORT[day.month - 1][:3].upper()}-{day.year}",
    lambda day: f"{day.month:02d}-{day.day:02d}-{day.year}",
)  # fmt: skip

# Styles inside a sentence; some leave the year out.
SPOKEN: tuple[Style, ...] = (
    padded, padded, slashed, slashed, slashed, long_form, long_form,
    date.isoformat,
    lambda day: f"{day.month}/{day.day}",
    lambda day: f"{SHORT[day.month - 1]} {day.day}",
    lambda day: f"{SHORT[day.month - 1]}. {day.day}, {day.year}",
    lambda day: f"{MONTHS[day.month - 1]} {ordinal(day.day)}, {day.year}",
    lambda day: f"{MONTHS[day.month - 1]} {ordinal(day.day)}",
    lambda day: f"{day.day}-{SHORT[day.month - 1][:3]}-{day.year % 100:02d}",
    lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    lambda day: f"the {ordinal(day.day)} of {MONTHS[day.month - 1]}",
    lambda day: f"{DAYS[day.weekday()]} {day.month}/{day.day}/{day.year}",
    lambda day: f"{DAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}",
    lambda day: f"{DAYS[day.weekday()][:3]} {day.month}/{day.day}",
    lambda day: f"{day.month:02d}.{day.day:02d}.{day.year % 100:02d}",
    lambda day: f"{MONTHS[day.month - 1].upper()} {day.day}, {day.year}",
)  # fmt: skip

# A month with its year is an element of a date; the year alone would not be.
MONTHLY: tuple[Style, ...] = (
    lambda day: f"{MONTHS[day.month - 1]} {day.year}",
    lambda day: f"{SHORT[day.month - 1]} {day.year}",
    lambda day: f"{day.month}/{day.year}",
    lambda day: f"{SHORT[day.month - 1]} '{day.year % 100:02d}",
    lambda day: f"{MONTHS[day.month - 1]} of {day.year}",
)

RANGES: tuple[Callable[[date, date], str], ...] = (
    lambda a, b: f"{a.month}/{a.day}-{b.month}/{b.day}/{b.year % 100:02d}",
    lambda a, b: f"{slashed(a)} - {slashed(b)}",
    lambda a, b: f"{padded(a)} to {padded(b)}",
    lambda a, b: f"{a.isoformat()} through {b.isoformat()}",
    lambda a, b: f"{SHORT[a.month - 1]} {a.day}-{SHORT[b.month - 1]} {b.day}, {b.year}",
)


def formal(day: date, number: int) -> str:
    """Return a full date in the style that `number` picks."""
    return FORMAL[number % len(FORMAL)](day)


def spoken(day: date, number: int) -> str:
    """Return a date as a sentence holds it, in the style that `number` picks."""
    return SPOKEN[number % len(SPOKEN)](day)


def monthly(day: date, number: int) -> str:
    """Return a month and its year, in the style that `number` picks."""
    return MONTHLY[number % len(MONTHLY)](day)


def ranged(first: date, last: date, number: int) -> str:
    """Return the days from `first` to `last`, in the style that `number` picks."""
    return RANGES[number % len(RANGES)](first, last)
