"""Dates and times as the vendors write them, made once for whole arrays."""

from __future__ import annotations

from functools import cache

import numpy as np

from ehrkit.synthetic.rows import Array

FIRST, PAST = np.datetime64("2015-01-01"), np.datetime64("2028-01-01")


def iso(times: Array) -> list[str]:
    """Return dates as `2024-05-01`, and times in seconds as `2024-05-01T12:00:00`."""
    texts: list[str] = np.datetime_as_string(times).tolist()
    return texts


def civil(days: Array) -> list[str]:
    """Return dates as the JSON object `{"year":2024,"month":5,"day":1}`."""
    known = _civil()
    return [known[number] for number in (days - FIRST).astype(np.int64).tolist()]


@cache
def _civil() -> list[str]:
    texts = [str(day).split("-") for day in np.arange(FIRST, PAST)]
    return [f'{{"year":{y},"month":{int(m)},"day":{int(d)}}}' for y, m, d in texts]
