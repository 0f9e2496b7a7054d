"""One to one: against the definition, and blind to the order of rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.linkage.assignment import greedy
from ehrkit.linkage.sides import Pairs

EDGES = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)), st.integers(-3, 3).map(float), max_size=30
)


def accepted(edges: list[tuple[int, int, float]], least: float) -> list[tuple[int, int]]:
    pairs = Pairs(*(np.array([edge[n] for edge in edges], np.int64) for n in (0, 1)))
    scores = np.array([edge[2] for edge in edges], np.float64)
    chosen = greedy(pairs, scores, at_least=least)
    return [(edges[place][0], edges[place][1]) for place in chosen.tolist()]


@given(EDGES, st.integers(-3, 3).map(float))
def test_it_takes_the_best_free_pair_again_and_again(
    edges: dict[tuple[int, int], float], least: float
) -> None:
    left = dict(edges)
    plain = []
    while left:
        pair = min(left, key=lambda pair: (-left[pair], pair))
        if left[pair] >= least:
            plain.append(pair)
        left = {p: s for p, s in left.items() if p[0] != pair[0] and p[1] != pair[1]} if (
            left[pair] >= least
        ) else {}  # fmt: skip
    assert accepted([(*pair, score) for pair, score in edges.items()], least) == plain


@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_nothing(edges, random) -> None:
    listed = [(*pair, score) for pair, score in edges.items()]
    shuffled = listed[:]
    random.shuffle(shuffled)
    found = accepted(listed, 0.0)
    assert accepted(shuffled, 0.0) == found
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
