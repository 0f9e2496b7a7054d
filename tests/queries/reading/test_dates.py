"""Dates relative to the day of the run: month ends, leap days, and what is no date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.queries.language.dates import is_relative, read_date

LEAP = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "as_of", "expected"),
    [
        ("as-of", LEAP, "2024-02-29"),
        (" as-of ", LEAP, "2024-02-29"),
        ("as-of - 1 year", LEAP, "2023-02-28"),
        ("as-of - 4 years", LEAP, "2020-02-29"),
        ("as-of + 1 years", LEAP, "2025-02-28"),
        ("as-of-1year", LEAP, "2023-02-28"),
        ("as-of - 1 month", date(2024, 3, 31), "2024-02-29"),
        ("as-of - 1 month", date(2023, 3, 31), "2023-02-28"),
        ("as-of + 1 month", date(2024, 1, 31), "2024-02-29"),
        ("as-of + 13 months", date(2023, 12, 31), "2025-01-31"),
        ("as-of - 12 months", LEAP, "2023-02-28"),
        ("as-of - 1 day", date(2024, 3, 1), "2024-02-29"),
        ("as-of - 1 day", date(2023, 3, 1), "2023-02-28"),
        ("as-of + 366 days", LEAP, "2025-03-01"),
        ("as-of - 0 days", LEAP, "2024-02-29"),
        ("2024-02-29", date(2020, 1, 1), "2024-02-29"),
    ],
)
def test_dates(text: str, as_of: date, expected: str) -> None:
    assert read_date(text, as_of) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "raw",
    [
        "as-of - 2 weeks", "as-of -", "asof", "as-of 3 days", "as-of - 99999 years",
        "as-of + 99999 years", "as-of - 1.5 years", "2023-02-29", "2024-2-9", "29.02.2024",
        "", "today", 20240229, 3.5, True, None, [], datetime(2024, 2, 29, 12),
    ],
)  # fmt: skip
def test_what_is_no_date(raw: object) -> None:
    assert read_date(raw, LEAP) is None


@pytest.mark.parametrize("raw", ["20240229", "2024-W09-4", "2024-02-29T00:00"])
def test_only_one_way_to_write_a_date(raw: str) -> None:
    assert read_date(raw, LEAP) is None


def test_a_relative_date_is_known_as_one() -> None:
    assert is_relative("as-of - 2 years") and is_relative("as-of")
    assert not is_relative("2024-02-29") and not is_relative(date(2024, 2, 29))


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.integers(0, 600))
def test_months_move_the_month_and_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    moved = read_date(f"as-of - {months} months", day)
    assert moved is not None
    assert (day.year * 12 + day.month) - (moved.year * 12 + moved.month) == months
    last = (moved + timedelta(days=1)).month != moved.month
    assert moved.day == day.day or (moved.day < day.day and last)
    assert read_date(f"as-of - {months} days", day) == day - timedelta(days=months)
