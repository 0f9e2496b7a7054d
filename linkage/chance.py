"""How often people who are not the same agree: the u of Fellegi and Sunter, fixed once.

u comes from random pairs, and the equal level from the collision rate of the
tokens, because random pairs hit rare agreements too seldom. It is never estimated
together with m: blocking makes non-matches agree, and a joint estimate learns that.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ehrkit.linkage.comparison import compare, exact_level, level_count
from ehrkit.linkage.shares import weighted_shares
from ehrkit.linkage.sides import Floats, Pairs, Sides

RANDOM_PAIRS = 2_000_000
RANDOM_SEED = 20_260_101
COLLISION_FLOOR = 1e-7
# Fields with too many values for random pairs to meet their equal level often.
_RARE = ("first_name", "last_name", "birth_date", "phone", "email", "address")


def chance_agreement(sides: Sides, known: Pairs) -> Mapping[str, Floats]:
    """Return u per field and level.

    Args:
        sides: both sides.
        known: near-certain true pairs. They are left out, because in small data they
            are a large part of the agreements that would pass for chance.
    """
    pairs = _random_pairs(sides, known)
    levels = compare(sides, pairs)
    chance = {}
    for place, name in enumerate(sides.fields):
        column = levels[:, place]
        chance[name] = weighted_shares(
            column, np.ones(len(column)), level_count(name, sides.fields)
        )
        if name in _RARE:
            chance[name][exact_level(name)] = max(
                collision_rate(sides, name, known), COLLISION_FLOOR
            )
    return chance


def collision_rate(sides: Sides, name: str, known: Pairs) -> float:
    """Return the chance that a random pair, not a known match, agrees exactly on a field."""
    left, right = sides.left[name], sides.right[name]
    top = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    n_left = np.bincount(left[left >= 0], minlength=top).astype(float)
    n_right = np.bincount(right[right >= 0], minlength=top).astype(float)
    codes = left[known.left], right[known.right]
    comparable = float(((codes[0] >= 0) & (codes[1] >= 0)).sum())
    agreeing = float(((codes[0] == codes[1]) & (codes[0] >= 0)).sum())
    among = n_left.sum() * n_right.sum() - comparable
    return max(float(n_left @ n_right) - agreeing, 0.0) / among if among > 0 else 0.0


def _random_pairs(sides: Sides, known: Pairs) -> Pairs:
    """Draw pairs with replacement, or take all of them where there are no more than that."""
    n_left, n_right = sides.sizes
    if n_left * n_right <= RANDOM_PAIRS:
        every = np.arange(n_left * n_right)
    else:
        draw = np.random.default_rng(RANDOM_SEED)
        every = draw.integers(n_left, size=RANDOM_PAIRS) * n_right + draw.integers(
            n_right, size=RANDOM_PAIRS
        )
    every = every[~np.isin(every, known.left * n_right + known.right)]
    return Pairs(every // max(n_right, 1), every % max(n_right, 1))
