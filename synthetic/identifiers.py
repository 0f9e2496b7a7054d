"""Numbers that look random, never repeat, and need no memory of those given out."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

# A prime, so that multiplying by it modulo any smaller-factored size is a permutation.
STRIDE = 179_424_673
# Places that a block of patients has for its people, test patients and second records.
SLOTS = 25_000


def slots(streams: Streams, first: int, size: int) -> Array:
    """Return the places of `size` people of this block, from the given one on.

    Raises:
        ValueError: a block has no more places.
    """
    if first + size > SLOTS:
        raise ValueError("more identifiers asked for than a block holds")
    return streams.block * SLOTS + first + np.arange(size, dtype=np.int64)


def scattered(slot: Array, offset: int, low: int, high: int) -> Array:
    """Return a different integer in [low, high) for each place, in a scattered order.

    Raises:
        ValueError: a place lies beyond what the range holds.
    """
    span = high - low
    if len(slot) and int(slot.max()) >= span:
        raise ValueError("more identifiers asked for than the range holds")
    return low + (slot * STRIDE + offset % span) % span


def pat_ids(streams: Streams, slot: Array) -> Array:
    """Return internal patient keys: Z and seven digits."""
    numbers = scattered(slot, _offset(streams, "pat id"), 1_000_000, 10_000_000)
    return np.array([f"Z{number}" for number in numbers.tolist()], dtype=object)


def mrns(streams: Streams, slot: Array) -> Array:
    """Return medical record numbers of eight digits, some with a leading zero."""
    numbers = scattered(slot, _offset(streams, "mrn"), 1_000_000, 100_000_000)
    return np.array([f"{number:08d}" for number in numbers.tolist()], dtype=object)


def ssns(streams: Streams, slot: Array) -> Array:
    """Return numbers of the form NNN-NN-NNNN that cannot be anybody's.

    Area numbers 900 and above are never issued (SSA, "Social Security number
    randomization"); 999 is left out because records use it as a placeholder.
    """
    numbers = scattered(slot, _offset(streams, "ssn"), 900_010_000, 999_000_000)
    text = [str(number) for number in numbers.tolist()]
    return np.array([f"{t[:3]}-{t[3:5]}-{t[5:]}" for t in text], dtype=object)


def _offset(streams: Streams, kind: str) -> int:
    return int(streams.of_site(f"{kind} offset").integers(2**40))
