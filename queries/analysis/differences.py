"""Standardised mean differences between two groups.

Sources: Austin 2009, Stat Med 28:3083-3107 (numbers and yes/no); Yang and
Dalton 2012, SAS Global Forum paper 335 (several categories). Unknown values
take no part. All are absolute and in standard deviations; 0.1 is the usual
mark of a difference that matters (Austin 2009).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ehrkit.queries.analysis.columns import Numbers


def of_numbers(one: Numbers, other: Numbers) -> float:
    """Difference of means over the root of the mean of the two sample variances.

    NaN where a group has fewer than two values.
    """
    if min(len(one), len(other)) < 2:
        return float("nan")
    spread = np.sqrt((np.var(one, ddof=1) + np.var(other, ddof=1)) / 2)
    return _ratio(abs(float(np.mean(one) - np.mean(other))), float(spread))


def of_categories(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> float:
    """Difference of two groups' counts per category, all categories but the first.

    The Mahalanobis distance of the two vectors of shares under the mean of their
    multinomial covariances; of two categories it is Austin's for a yes/no variable.
    NaN where a group is empty.
    """
    if not one.sum() or not other.sum():
        return float("nan")
    present = (one + other) > 0
    first, second = (counts[present] / counts.sum() for counts in (one, other))
    difference = (first - second)[1:]
    if not np.any(difference):
        return 0.0
    covariance = (_covariance(first[1:]) + _covariance(second[1:])) / 2
    # A share of 0 or 1 in both groups leaves the covariance without an inverse.
    solution = np.linalg.lstsq(covariance, difference)[0]
    if not np.allclose(covariance @ solution, difference):
        return float("inf")
    return float(np.sqrt(difference @ solution))


def _covariance(shares: Numbers) -> Numbers:
    matrix: Numbers = np.diag(shares) - np.outer(shares, shares)
    return matrix


def _ratio(difference: float, spread: float) -> float:
    if spread == 0:
        return 0.0 if difference == 0 else float("inf")
    return difference / spread
