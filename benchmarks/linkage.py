"""Private linkage against its baselines and a clear-text peer, on the same people in one run.

    python benchmarks/linkage.py [ROWS] [SHARED] [SEED]

Prints precision, recall, F1 and CPU seconds of: ehrkit's private Fellegi-Sunter at
its default threshold; the same without the class of relatives; the deterministic
cascade; the best count of equal fields in clear text (its threshold picked with the
truth, which favours it); and splink on the clear text, where it is installed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np
import pyarrow as pa
from linkage_people import FIELDS, two_sides

from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.anchors import deterministic_links
from ehrkit.linkage.assignment import greedy
from ehrkit.linkage.blocking import candidates
from ehrkit.linkage.comparison import compare, exact_level
from ehrkit.linkage.encoded import encode
from ehrkit.linkage.matching import match
from ehrkit.linkage.scoring import log_odds, settle_prior, train
from ehrkit.linkage.sides import Pairs, Sides, load_sides
from ehrkit.linkage.truth import locate


def main(rows: int = 20_000, shared: int = 6_000, seed: int = 1) -> None:
    """Make the people, run every method, print one line each."""
    left, right, truth = two_sides(rows, rows, shared, seed)
    key = ProjectKey(bytes(32))
    encoded, seconds = _timed(lambda: _encode(left, right, key))
    print(f"{rows:,} x {rows:,} people, {shared:,} shared, seed {seed}")
    print(f"encode both sides: {seconds:.1f} s ({2 * rows / seconds:,.0f} records/s)")
    sides = load_sides(*encoded)
    known = locate(sides, truth, key)
    width = sides.sizes[1]
    pairs = candidates(sides).pairs
    recall = np.isin(_packed(known, width), _packed(pairs, width)).mean()
    print(f"blocking: {len(pairs):,} pairs, recall {recall:.4f}\n")
    print(f"{'method':<44}{'P':>8}{'R':>8}{'F1':>8}{'CPU s':>8}")
    found, seconds = _timed(lambda: match(*encoded))
    _line("private Fellegi-Sunter (p >= .5)", _rows(found.table, sides), known, width, seconds)
    for name, method in {
        "  without the class of relatives": _without_relatives,
        "deterministic cascade on tokens": deterministic_links,
        "clear-text count of equal fields, best cut": lambda s: _equal_fields(s, known),
    }.items():
        linked, seconds = _timed(lambda method=method: method(sides))
        _line(name, linked, known, width, seconds)
    if find_spec("splink") is None:
        print("splink, clear text: not installed")
        return
    from linkage_splink import splink_links

    linked, seconds = _timed(lambda: splink_links(left, right, sides, key))
    best = max(linked, key=lambda pairs: _figures(pairs, known, width)[2])
    _line("splink, clear text, greedy 1:1, p >= .5", linked[0], known, width, seconds)
    _line("  the same at its best cut", best, known, width, seconds)


def _encode(left: pa.Table, right: pa.Table, key: ProjectKey) -> tuple[pa.Table, pa.Table]:
    return (
        encode(left.to_reader(), id_column="patient", key=key).table,
        encode(right.to_reader(), id_column="member", key=key).table,
    )


def _without_relatives(sides: Sides) -> Pairs:
    pairs = candidates(sides).pairs
    model = replace(train(sides), relatives=None)
    scores = log_odds(sides, pairs, model)
    scores, _ = settle_prior(scores, model, sides.sizes[0] * sides.sizes[1])
    return pairs.take(greedy(pairs, scores, at_least=0.0))


def _equal_fields(sides: Sides, known: Pairs) -> Pairs:
    """Link by the number of equal fields; tokens are equal exactly where clear values are."""
    pairs = candidates(sides).pairs
    exact = [exact_level(name) for name in sides.fields]
    count = (compare(sides, pairs) == exact).sum(axis=1).astype(float)
    tries = [
        pairs.take(greedy(pairs, count, at_least=least)) for least in range(2, len(FIELDS) + 1)
    ]
    return max(tries, key=lambda linked: _figures(linked, known, sides.sizes[1])[2])


def _rows(matches: pa.Table, sides: Sides) -> Pairs:
    import pyarrow.compute as pc

    return Pairs(
        pc.index_in(matches["left_ref"], sides.left_refs).to_numpy().astype(np.int64),
        pc.index_in(matches["right_ref"], sides.right_refs).to_numpy().astype(np.int64),
    )


def _packed(pairs: Pairs, width: int) -> np.ndarray:
    return pairs.left * width + pairs.right


def _figures(linked: Pairs, known: Pairs, width: int) -> tuple[float, float, float]:
    true = int(np.isin(_packed(linked, width), _packed(known, width)).sum())
    return true / max(len(linked), 1), true / len(known), 2 * true / (len(linked) + len(known))


def _line(name: str, linked: Pairs, known: Pairs, width: int, seconds: float) -> None:
    precision, recall, f1 = _figures(linked, known, width)
    print(f"{name:<44}{precision:>8.4f}{recall:>8.4f}{f1:>8.4f}{seconds:>8.1f}")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return work(), time.process_time() - start


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
