"""Take single values out of vendor payloads.

A malformed element is named, and its value not shown.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

from ehrkit.core.errors import DataError

MAX_STEPS = 1_000_000.0
"""The range of a step count in the Google Health API v4 is [0, 1,000,000]."""
DAY_LENGTH = timedelta(days=1)


def need(mapping: Any, key: str, where: str) -> Any:
    """Return `mapping[key]`.

    Raises:
        DataError: the element is not an object or lacks the key.
    """
    if not isinstance(mapping, dict) or key not in mapping:
        raise DataError(f"an element {key} is missing", where=where)
    return mapping[key]


def items(mapping: Any, key: str, where: str) -> list[Any]:
    """Return the list under the key.

    Raises:
        DataError: it is missing or not a list.
    """
    found = need(mapping, key, where)
    if not isinstance(found, list):
        raise DataError(f"the element {key} is not a list", where=where)
    return found


def number(value: Any, where: str, highest: float = math.inf) -> float:
    """Return a number that may be written as text (protobuf JSON writes int64 so.

    Fitbit writes all so).

    Raises:
        DataError: it is not a finite number from 0 to `highest`.
    """
    try:
        result = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not 0 <= result <= highest or math.isinf(result):
        raise DataError("a value is not a number in its range", where=where)
    return result


def local_time(value: Any, where: str) -> datetime:
    """Return an ISO date or date-time without its offset, as the wall clock that it shows.

    Raises:
        DataError: it is not an ISO date.
    """
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except (TypeError, ValueError):
        raise DataError("a date or time is not in ISO form", where=where) from None


def midnight(day: date) -> datetime:
    """Return the first instant of the day."""
    return datetime(day.year, day.month, day.day)
