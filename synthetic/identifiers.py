"""Numbers that look random, never repeat, and need no memory of those given out."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.rows import Array

# A prime, so that multiplying by it modulo any smaller-factored size is a permutation.
STRIDE = 179_424_673


def distinct_numbers(rng: np.random.Generator, size: int, low: int, high: int) -> Array:
    """Return `size` different integers in [low, high) in a scattered order.

    Raises:
        ValueError: there are fewer numbers in the range than asked for.
    """
    span = high - low
    if size > span:
        raise ValueError("more identifiers asked for than the range holds")
    offset = int(rng.integers(span))
    return low + (np.arange(size, dtype=np.int64) * STRIDE + offset) % span


def pat_ids(rng: np.random.Generator, size: int) -> Array:
    """Return internal patient keys: Z and seven digits."""
    numbers = distinct_numbers(rng, size, 1_000_000, 10_000_000)
    return np.array([f"Z{number}" for number in numbers.tolist()], dtype=object)


def mrns(rng: np.random.Generator, size: int) -> Array:
    """Return medical record numbers of eight digits, some with a leading zero."""
    numbers = distinct_numbers(rng, size, 1_000_000, 100_000_000)
    return np.array([f"{number:08d}" for number in numbers.tolist()], dtype=object)


def ssns(rng: np.random.Generator, size: int) -> Array:
    """Return numbers of the form NNN-NN-NNNN that cannot be anybody's.

    Area numbers 900 and above are never issued (SSA, "Social Security number
    randomization"); 999 is left out because records use it as a placeholder.
    """
    numbers = distinct_numbers(rng, size, 900_010_000, 999_000_000)
    text = [str(number) for number in numbers.tolist()]
    return np.array([f"{t[:3]}-{t[3:5]}-{t[5:]}" for t in text], dtype=object)
