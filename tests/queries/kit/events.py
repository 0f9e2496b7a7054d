"""Events of hand-made patients beside those of `people`: fills, results, device days."""

from __future__ import annotations

from typing import Any

from tests.queries.kit.people import Event, at


def fill(
    code: str,
    day: str | None,
    *,
    strength: float | None = 5.0,
    quantity: float | None = 30.0,
    days: int | None = 10,
    **more: Any,
) -> Event:
    """A dispensed drug by its RxNorm ingredient; strength in mg."""
    row = {
        "vocabulary": "rxnorm",
        "code": code,
        "event_time": at(day),
        "setting": "dispensed",
        "strength": strength,
        "strength_unit": "mg",
        "quantity": quantity,
        "days_supply": days,
    }
    return "medication", row | more


def result(
    code: str, day: str | None, value: float | None, unit: str | None = None, **more: Any
) -> Event:
    row = {
        "vocabulary": "loinc",
        "code": code,
        "event_time": at(day),
        "value_number": value,
        "unit": unit,
    }
    return "measurement", row | more


def worn(day: str | None, valid: int | None = 1, **more: Any) -> Event:
    return "device_day", {"event_date": at(day), "valid": valid, "steps": 4000} | more
