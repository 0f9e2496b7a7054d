"""Shares per agreement level, and the likelihood of patterns under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ehrkit.linkage.comparison import Levels
from ehrkit.linkage.sides import Floats

_LOWEST = 0.05


def start_line(n_levels: int) -> Floats:
    """Return shares that rise evenly from the lowest level to the highest, where EM starts."""
    line = np.linspace(_LOWEST, 1, n_levels)
    shares: Floats = line / line.sum()
    return shares


def weighted_shares(levels: Levels, weights: Floats, n_levels: int) -> Floats:
    """Return (weight + 0.5) / (weight of non-missing + 0.5 levels) per level."""
    there = levels >= 0
    sums = np.bincount(levels[there], weights=weights[there], minlength=n_levels)
    shares: Floats = (sums + 0.5) / (sums.sum() + 0.5 * n_levels)
    return shares


def log_product(
    levels: Levels, fields: Sequence[tuple[int, str]], shares: Mapping[str, Floats]
) -> Floats:
    """Return the natural log of the product of shares per pattern; a missing level says nothing.

    Args:
        levels: one row per pattern.
        fields: column of the levels and name, of the fields to multiply.
        shares: field -> share per level.
    """
    total = np.zeros(len(levels))
    for place, name in fields:
        total += np.append(np.log(shares[name]), 0.0)[levels[:, place]]
    return total
