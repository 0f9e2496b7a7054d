"""Random numbers by purpose: a change in one part of the truth leaves every other part alone."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """Independent generators that follow from one seed.

    Attributes:
        seed: any non-negative integer.
    """

    seed: int

    def of(self, purpose: str) -> np.random.Generator:
        """Return a fresh generator for this purpose; the same purpose gives the same numbers."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode())])
