"""Agreement levels of pairs: how alike two records are on each field, as small integers.

Level -1 is missing on either side and says nothing. The highest level that holds wins:

    first_name   4 swapped with the last name, 3 equal, 2 Soundex, 1 initial, 0 none
    last_name    4 swapped with the first name, 3 equal, 2 Soundex, 1 first three letters, 0 none
    birth_date   3 equal, 2 month and day, 1 year, 0 none
    others       1 equal, 0 different
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ehrkit.linkage.sides import Pairs, Sides
from ehrkit.linkage.tokens import Codes

Levels = npt.NDArray[np.int8]

# Field -> the token columns whose equality gives levels 1, 2, ...
LADDERS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("first_name_initial", "first_name_soundex", "first_name"),
    "last_name": ("last_name_3", "last_name_soundex", "last_name"),
    "birth_date": ("birth_year", "birth_month_day", "birth_date"),
    **{name: (name,) for name in ("sex", "zip", "phone", "email", "address")},
}
_SWAPPED = 4
_CHUNK = 1 << 20


def exact_level(name: str) -> int:
    """Return the level that means equal."""
    return len(LADDERS[name])


def level_count(name: str, fields: tuple[str, ...]) -> int:
    """Return how many levels a field has; names can be swapped only where both are compared."""
    both_names = {"first_name", "last_name"} <= set(fields)
    swappable = both_names and name in ("first_name", "last_name")
    return exact_level(name) + 1 + int(swappable)


def compare(sides: Sides, pairs: Pairs) -> Levels:
    """Return the levels of pairs, one row per pair and one column per field of the sides."""
    levels = np.empty((len(pairs), len(sides.fields)), np.int8)
    for start in range(0, len(pairs), _CHUNK):
        part = slice(start, start + _CHUNK)
        some = Pairs(pairs.left[part], pairs.right[part])
        for place, name in enumerate(sides.fields):
            levels[part, place] = _compare_field(sides, some, name)
    return levels


@dataclass(frozen=True)
class Patterns:
    """The distinct rows of a level matrix: all that estimation needs to see.

    Attributes:
        levels: distinct rows.
        counts: how many pairs have each.
        inverse: the pattern of each pair.
    """

    levels: Levels
    counts: npt.NDArray[np.float64]
    inverse: Codes


def patterns(levels: Levels) -> Patterns:
    """Return the distinct patterns of a level matrix."""
    packed = np.zeros(len(levels), np.int64)
    for column in levels.T:
        packed = packed * (_SWAPPED + 2) + column + 1
    _, first, inverse, counts = np.unique(
        packed, return_index=True, return_inverse=True, return_counts=True
    )
    return Patterns(levels[first], counts.astype(np.float64), inverse.ravel())


def _compare_field(sides: Sides, pairs: Pairs, name: str) -> Levels:
    level = np.zeros(len(pairs), np.int8)
    for step, column in enumerate(LADDERS[name], start=1):
        level[_equal(sides, pairs, column, column)] = step
    if level_count(name, sides.fields) > _SWAPPED:
        swapped = _equal(sides, pairs, "first_name", "last_name")
        swapped &= _equal(sides, pairs, "last_name", "first_name")
        level[swapped & (level < exact_level(name))] = _SWAPPED
    missing = (sides.left[name][pairs.left] < 0) | (sides.right[name][pairs.right] < 0)
    level[missing] = -1
    return level


def _equal(sides: Sides, pairs: Pairs, left: str, right: str) -> npt.NDArray[np.bool_]:
    codes = sides.left[left][pairs.left]
    agree: npt.NDArray[np.bool_] = (codes == sides.right[right][pairs.right]) & (codes >= 0)
    return agree
