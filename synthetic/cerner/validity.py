"""Rows that count and rows that do not, and keys that are unset, as Millennium writes them."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.rows import Array

# The end of rows that are open.
OPEN = np.datetime64("2100-12-31T00:00:00", "s")


def number_or_null(numbers: Array) -> Array:
    """Return keys in floating point; a negative one is unset."""
    return np.where(numbers >= 0, numbers, np.nan)


def active(taken_back: Array) -> Array:
    """Return ACTIVE_IND of rows: 0 where a row was taken back."""
    return np.where(taken_back, 0.0, 1.0)


def open_until(taken_back: Array, when: Array) -> Array:
    """Return END_EFFECTIVE_DT_TM of rows: the given time where a row was taken back."""
    return np.where(taken_back, when, OPEN)
