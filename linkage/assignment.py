"""One to one: the best pair first, each record once, the same answer whatever the row order."""

from __future__ import annotations

import numpy as np

from ehrkit.linkage.sides import Floats, Pairs
from ehrkit.linkage.tokens import Codes


def greedy(pairs: Pairs, scores: Floats, *, at_least: float) -> Codes:
    """Return the positions of the accepted pairs, best first.

    Pairs are taken by descending score, ties by left and then right row (rows are in
    the order of their references); a pair is accepted if both its rows are free.

    Args:
        pairs: candidate pairs.
        scores: one per pair.
        at_least: pairs that score below are never accepted.
    """
    good = np.flatnonzero(scores >= at_least)
    order = good[np.lexsort((pairs.right[good], pairs.left[good], -scores[good]))]
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    accepted = []
    rows = zip(order.tolist(), pairs.left[order].tolist(), pairs.right[order].tolist(), strict=True)
    for place, left, right in rows:
        if left not in taken_left and right not in taken_right:
            taken_left.add(left)
            taken_right.add(right)
            accepted.append(place)
    return np.array(accepted, np.int64)
