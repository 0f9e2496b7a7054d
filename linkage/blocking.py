"""Which pairs are compared at all: the union of several keys, each capped per block.

A block is all left times all right records that share a key. A block larger than
the cap is dropped for that key only; the other keys recover most of its pairs. No
key is plain and common (sex, ZIP): their blocks grow with the square of the data.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, UsageError
from ehrkit.linkage.sides import Pairs, Sides
from ehrkit.linkage.tokens import BLOCK_KEYS, Codes

DEFAULT_CAP = 4000
# Nearly unique alone, so their plain tokens serve as keys.
PLAIN_KEYS = ("phone", "email")


@dataclass(frozen=True)
class KeyCount:
    """What one blocking key did.

    Attributes:
        key: the token column.
        blocks: blocks with records of both sides, capped ones included.
        capped: blocks dropped because they hold more pairs than the cap.
        pairs: pairs kept.
        dropped: pairs in the capped blocks.
    """

    key: str
    blocks: int
    capped: int
    pairs: int
    dropped: int


@dataclass(frozen=True)
class Candidates:
    """The pairs to compare, each once, and what every key brought."""

    pairs: Pairs
    counts: tuple[KeyCount, ...]


def block_keys(sides: Sides) -> tuple[str, ...]:
    """Return the blocking columns that both sides have."""
    names = [key.column for key in BLOCK_KEYS] + list(PLAIN_KEYS)
    return tuple(name for name in names if name in sides.left and name in sides.right)


def candidates(sides: Sides, *, cap: int = DEFAULT_CAP) -> Candidates:
    """Return the union of the pairs of all blocking keys, in order of left, then right.

    Raises:
        UsageError: the cap is below 1.
        DataError: the sides share no blocking key.
    """
    if cap < 1:
        raise UsageError("the cap is at least one pair per block")
    keys = block_keys(sides)
    if not keys:
        raise DataError(
            "the fields that both sides have make no blocking key",
            hint="Phone, e-mail, or a name or ZIP with a birth date are needed on both sides.",
        )
    width = max(sides.sizes[1], 1)
    found, counts = [], []
    for name in keys:
        pairs, count = block_pairs(name, sides.left[name], sides.right[name], cap)
        found.append(pairs.left * width + pairs.right)
        counts.append(count)
    union = np.unique(np.concatenate(found))
    return Candidates(Pairs(union // width, union % width), tuple(counts))


def block_pairs(name: str, left: Codes, right: Codes, cap: int) -> tuple[Pairs, KeyCount]:
    """Return the pairs of equal codes in blocks of at most `cap` pairs."""
    top = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    n_left = np.bincount(left[left >= 0], minlength=top)
    n_right = np.bincount(right[right >= 0], minlength=top)
    size = n_left * n_right
    kept = np.flatnonzero((size > 0) & (size <= cap))
    over = size > cap
    size = size[kept]
    order_left, start_left = _grouped(left, n_left)
    order_right, start_right = _grouped(right, n_right)
    block = np.repeat(kept, size)
    place = np.arange(len(block)) - np.repeat(np.cumsum(size) - size, size)
    pairs = Pairs(
        order_left[start_left[block] + place // n_right[block]],
        order_right[start_right[block] + place % n_right[block]],
    )
    dropped = int((n_left * n_right)[over].sum())
    return pairs, KeyCount(name, len(kept) + int(over.sum()), int(over.sum()), len(pairs), dropped)


def blocking_report(sides: Sides, truth: Pairs | None, *, cap: int = DEFAULT_CAP) -> pa.Table:
    """Return one row per key and one for their union: pairs, capped blocks, coverage.

    Args:
        sides: both sides.
        truth: known true pairs, for the column `recall` (null without them). Its
            denominator is the number of true pairs with both records present.
        cap: pairs per block.
    """
    union = candidates(sides, cap=cap)
    truth = truth if truth is not None and len(truth) else None
    rows: list[tuple[str | float | None, ...]] = [
        (*astuple(count), _covered(sides, truth, count.key, cap)) for count in union.counts
    ]
    recall = None if truth is None else _share(union.pairs, truth, sides.sizes[1])
    blocks = sum(count.blocks for count in union.counts)
    capped = sum(count.capped for count in union.counts)
    rows.append(("all keys", blocks, capped, len(union.pairs), None, recall))
    columns = list(zip(*rows, strict=True))
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, _REPORT, strict=True)], _REPORT)


_REPORT = pa.schema(
    [
        field("key", pa.string(), Phi.NONE),
        field("blocks", pa.int64(), Phi.NONE),
        field("capped_blocks", pa.int64(), Phi.NONE),
        field("pairs", pa.int64(), Phi.NONE),
        field("dropped_pairs", pa.int64(), Phi.NONE),
        field("recall", pa.float64(), Phi.NONE),
    ]
)


def _covered(sides: Sides, truth: Pairs | None, name: str, cap: int) -> float | None:
    if truth is None:
        return None
    pairs, _ = block_pairs(name, sides.left[name], sides.right[name], cap)
    return _share(pairs, truth, sides.sizes[1])


def _share(pairs: Pairs, truth: Pairs, width: int) -> float:
    found = np.isin(truth.left * width + truth.right, pairs.left * width + pairs.right)
    return float(found.mean())


def _grouped(codes: Codes, counts: Codes) -> tuple[Codes, Codes]:
    """Return the rows in order of their code, missing ones left out, and each code's start."""
    order = np.argsort(codes, kind="stable")
    return order[int((codes < 0).sum()) :], np.cumsum(counts) - counts
