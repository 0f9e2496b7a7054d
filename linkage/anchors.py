"""Links that need no model: a cascade of exact rules, each accepting only sole candidates.

Used to estimate how many people the sides share and to keep true matches out of
the pairs that teach chance agreement; and as the deterministic baseline that the
probabilistic model has to beat.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ehrkit.linkage.sides import Pairs, Sides
from ehrkit.linkage.tokens import Codes

# Strictest first; a rule sees only rows that no rule before it has linked.
RULES = (
    ("first_name", "last_name", "birth_date"),
    ("last_name", "first_name_initial", "sex", "birth_date"),
    ("first_name_soundex", "last_name_soundex", "sex", "birth_date"),
    ("last_name_3", "birth_date", "zip"),
    ("first_name", "birth_date", "zip"),
    ("email", "first_name_initial"),
    ("phone", "first_name"),
)


def deterministic_links(sides: Sides) -> Pairs:
    """Return the pairs that the cascade accepts, in order of left row; one to one."""
    free = [np.ones(size, np.bool_) for size in sides.sizes]
    found = [Pairs(np.empty(0, np.int64), np.empty(0, np.int64))]
    for rule in RULES:
        if all(name in sides.left for name in rule):
            pairs = _sole(*sides.joint(rule), free)
            free[0][pairs.left] = free[1][pairs.right] = False
            found.append(pairs)
    merged = Pairs(
        np.concatenate([pairs.left for pairs in found]),
        np.concatenate([pairs.right for pairs in found]),
    )
    return merged.take(np.argsort(merged.left))


def _sole(left: Codes, right: Codes, free: list[npt.NDArray[np.bool_]]) -> Pairs:
    """Pair the rows whose code occurs once among the free rows of either side."""
    rows_left = np.flatnonzero(free[0] & (left >= 0))
    rows_right = np.flatnonzero(free[1] & (right >= 0))
    shared, at_left, at_right = np.intersect1d(
        left[rows_left], right[rows_right], return_indices=True
    )
    top = int(max(left.max(initial=0), right.max(initial=0))) + 1
    once = (np.bincount(left[rows_left], minlength=top)[shared] == 1) & (
        np.bincount(right[rows_right], minlength=top)[shared] == 1
    )
    return Pairs(rows_left[at_left[once]], rows_right[at_right[once]])
