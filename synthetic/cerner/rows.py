"""What the rows of all Millennium tables share: unset keys, rows taken back, rows joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, Values

# The end of rows that are open.
OPEN = np.datetime64("2100-12-31T00:00:00", "s")


@dataclass(frozen=True)
class Drawn:
    """Some tables of a block, and what was planted in them."""

    tables: dict[str, Columns]
    planted: Planted


def number_or_null(numbers: Array) -> Array:
    """Return keys as Millennium stores them, in floating point; a negative one is unset."""
    return np.where(numbers >= 0, numbers, np.nan)


def active(taken_back: Array) -> Array:
    """Return ACTIVE_IND of rows: 0 where a row was taken back."""
    return np.where(taken_back, 0.0, 1.0)


def open_until(taken_back: Array, when: Array) -> Array:
    """Return END_EFFECTIVE_DT_TM of rows: the given time where a row was taken back."""
    return np.where(taken_back, when, OPEN)


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
        columns[name] = stacked(coded) if coded else np.concatenate(own)
    return columns
