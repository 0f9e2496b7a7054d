"""Random numbers by purpose and block of patients.

A change in one part of the truth leaves every other part alone, and a block of
patients comes out the same whoever draws it, and whenever.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.rows import Array


@dataclass(frozen=True)
class Streams:
    """Independent generators that follow from one seed, for one block of a site.

    Attributes:
        seed: any non-negative integer.
        block: which block this is, from 0 up.
        blocks: how many there are.
        world: sets apart people who are not of this site.
    """

    seed: int
    block: int = 0
    blocks: int = 1
    world: str = ""

    def of(self, purpose: str) -> np.random.Generator:
        """Return a fresh generator for this purpose; the same purpose gives the same numbers."""
        return np.random.default_rng([self.seed, self.block, self._key(purpose)])

    def of_site(self, purpose: str) -> np.random.Generator:
        """Return a fresh generator that is the same in every block."""
        return np.random.default_rng([self.seed, self._key(purpose)])

    def spread(self, numbers: Array) -> Array:
        """Turn numbers that are unique in the block into numbers that are unique in the site.

        The order inside the block is kept, and blocks mix as they would in time.
        """
        spread: Array = numbers * self.blocks + self.block
        return spread

    def _key(self, purpose: str) -> int:
        return zlib.crc32(f"{self.world}{purpose}".encode())
