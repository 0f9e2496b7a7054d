"""Tables as they are drawn, before they are built: with what was planted, and put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.shaping import Coded, Columns, Values


@dataclass(frozen=True)
class Drawn:
    """Some tables of a block, and what was planted in them."""

    tables: dict[str, Columns]
    planted: Planted


def stacked(parts: Sequence[Coded]) -> Coded:
    """Return the rows of all parts, one after the other, over one pool."""
    sizes = np.cumsum([0, *(len(part.pool) for part in parts)])
    codes = [
        np.where(part.codes >= 0, part.codes.astype(np.int64) + first, -1)
        for part, first in zip(parts, sizes, strict=False)
    ]
    return Coded(np.concatenate([part.pool for part in parts]), np.concatenate(codes))


def joined(parts: Sequence[Mapping[str, Values]]) -> Columns:
    """Return the rows of all parts, which hold the same columns in the same forms."""
    columns: Columns = {}
    for name in parts[0]:
        own = [part[name] for part in parts]
        coded = [one for one in own if isinstance(one, Coded)]
        plain = [one for one in own if isinstance(one, np.ndarray)]
        columns[name] = stacked(coded) if coded else np.concatenate(plain)
    return columns
