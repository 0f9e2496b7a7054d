"""Exact confidence limits of a Poisson count (Garwood 1936, Biometrika 28:437-442)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

# Terms beyond forty standard deviations are below what a double can add.
_REACH, _EXTRA = 40.0, 60


def garwood(count: int, confidence: float) -> tuple[float, float]:
    """Return the limits of the mean of a Poisson count.

    The lower one is the mean at which so many or more have the chance (1 - confidence) / 2,
    0 for a count of 0; the upper one that at which so few or fewer have.
    """
    tail = (1 - confidence) / 2
    lower = 0.0 if count == 0 else _solve(lambda mean: _at_least(count, mean) - tail, count)
    return lower, _solve(lambda mean: tail - _at_most(count, mean), count)


def _at_least(count: int, mean: float) -> float:
    return _sum(count, count + _width(count), mean)


def _at_most(count: int, mean: float) -> float:
    return _sum(max(0, count - _width(count)), count, mean)


def _width(count: int) -> int:
    return int(_REACH * math.sqrt(count + 1)) + _EXTRA


def _sum(first: int, last: int, mean: float) -> float:
    """Return the chance of a count from first to last, by its terms in logarithms."""
    if mean == 0:
        return float(first == 0)
    counts = np.arange(first, last + 1)
    steps = np.log(np.maximum(counts[1:], 1))
    logs = math.lgamma(first + 1) + np.concatenate([[0.0], np.cumsum(steps)])
    return float(np.exp(counts * math.log(mean) - mean - logs).sum())


def _solve(rising: Callable[[float], float], count: int) -> float:
    """Return where a rising function is 0, at most half the width of a sum from the count."""
    reach = _width(count) / 2
    low, high = max(0.0, count - reach), count + reach
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
