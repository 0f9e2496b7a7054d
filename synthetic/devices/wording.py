"""Dates and times as the vendors write them, made once for whole arrays."""

from __future__ import annotations

from functools import cache

import numpy as np

from ehrkit.synthetic.rows import Array

FIRST, PAST = np.datetime64("2015-01-01"), np.datetime64("2028-01-01")


def iso(times: Array) -> list[str]:
    """Return times in seconds as `2024-05-01T12:00:00`."""
    texts: list[str] = np.datetime_as_string(times).tolist()
    return texts


def iso_dates(days: Array) -> list[str]:
    """Return dates as `2024-05-01`."""
    known = _iso()
    return [known[number] for number in (days - FIRST).astype(np.int64).tolist()]


def civil(days: Array) -> list[str]:
    """Return dates as the JSON object `{"year":2024,"month":5,"day":1}`."""
    known = _civil()
    return [known[number] for number in (days - FIRST).astype(np.int64).tolist()]


@cache
def _iso() -> list[str]:
    texts: list[str] = np.datetime_as_string(np.arange(FIRST, PAST)).tolist()
    return texts


@cache
def _civil() -> list[str]:
    texts = [text.split("-") for text in _iso()]
    return [f'{{"year":{y},"month":{int(m)},"day":{int(d)}}}' for y, m, d in texts]
