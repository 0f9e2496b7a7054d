"""Numbers that look random, never repeat, and need no memory of those given out."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

# A prime, so that multiplying by it modulo any smaller-factored size is a permutation.
STRIDE = 179_424_673
# Places that a block of patients has for its people, test patients and second records.
SLOTS = 25_000
# Internal patient keys have seven digits and start with no zero: the narrowest range.
PAT_ID_RANGE = (1_000_000, 10_000_000)
# Blocks that a site has numbers for.
MOST_BLOCKS = (PAT_ID_RANGE[1] - PAT_ID_RANGE[0]) // SLOTS
# Areas 900-998, groups 01-49 and serials 0001-9999 of social security numbers; see `ssns`.
AREAS, GROUPS, SERIALS = 99, 49, 9999


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
    numbers = scattered(slot, _offset(streams, "pat id"), *PAT_ID_RANGE)
    return np.array([f"Z{number}" for number in numbers.tolist()], dtype=object)


def mrns(streams: Streams, slot: Array) -> Array:
    """Return medical record numbers of eight digits, some with a leading zero."""
    numbers = scattered(slot, _offset(streams, "mrn"), 1_000_000, 100_000_000)
    return np.array([f"{number:08d}" for number in numbers.tolist()], dtype=object)


def ssns(streams: Streams, slot: Array) -> Array:
    """Return numbers of the form NNN-NN-NNNN that cannot be anybody's.

    Area numbers 900 and above are never issued (SSA, "Social Security number
    randomization"); 999 is left out because records use it as a placeholder. But the tax
    office issues taxpayer numbers of that form, with a group of 50-65, 70-88, 90-92 or 94-99
    (IRS, "General ITIN information"), so groups end at 49. Group 00 and serial 0000 are left
    out: neither was ever part of a number.
    """
    numbers = scattered(slot, _offset(streams, "ssn"), 0, AREAS * GROUPS * SERIALS)
    area = (900 + numbers // (GROUPS * SERIALS)).tolist()
    group = (1 + numbers // SERIALS % GROUPS).tolist()
    serial = (1 + numbers % SERIALS).tolist()
    parts = zip(area, group, serial, strict=True)
    return np.array([f"{a}-{g:02d}-{s:04d}" for a, g, s in parts], dtype=object)


def _offset(streams: Streams, kind: str) -> int:
    return int(streams.of_site(f"{kind} offset").integers(2**40))
