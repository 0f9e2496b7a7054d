"""Columns of equal length under one name: the shape of every table of the clinical truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """Base of the truth tables: each field is a NumPy array with one value per row."""

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, field.name)) for field in fields(self)}
        if len(lengths) > 1:
            raise ValueError(f"columns of {type(self).__name__} differ in length")

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(getattr(self, fields(self)[0].name))

    def take(self, index: Array | slice) -> Self:
        """Return the rows at the given positions, in a slice, or where a mask is true."""
        return type(self)(
            **{field.name: getattr(self, field.name)[index] for field in fields(self)}
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the rows of all parts, one after the other."""
        return cls(
            **{
                field.name: np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            }
        )


def stable_order(values: Array) -> Array:
    """Return the positions that sort numbers or times, none missing; equal ones keep their order.

    Value and position are sorted as one number, six times faster than NumPy's stable sort.
    """
    numbers = values.astype(np.int64)
    if not len(numbers):
        return numbers
    low, width = int(numbers.min()), len(numbers).bit_length()
    if (int(numbers.max()) - low).bit_length() + width > 63:
        return np.argsort(numbers, kind="stable")
    packed = np.sort(((numbers - low) << width) | np.arange(len(numbers)))
    order: Array = packed & ((1 << width) - 1)
    return order


def rank_within(groups: Array) -> Array:
    """Return 1, 2, 3 ... within each group, in the order of rows."""
    order = stable_order(groups)
    ordered = groups[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, bool)
    position = np.arange(len(ordered))
    first = np.maximum.accumulate(np.where(starts, position, 0)) if len(ordered) else position
    ranks = np.empty(len(ordered), dtype=np.int64)
    ranks[order] = position - first + 1
    return ranks
