"""Two encoded sides in one space of codes: equal tokens, equal small integers.

Tokens are 64-bit words; codes index arrays of counts directly and compare twice
as fast. Rows are put in the order of their references first, so that nothing
downstream depends on the order in which people happened to be written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.linkage.encoded import REF, check_pair, header_of
from ehrkit.linkage.tokens import BLOCK_KEYS, KIND_OF, Codes, combine

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows: `left[k]` and `right[k]` are positions on their sides."""

    left: Codes
    right: Codes

    def __len__(self) -> int:
        return len(self.left)

    def take(self, chosen: npt.NDArray[np.bool_] | Codes) -> Pairs:
        """Return the chosen pairs, by mask or by position."""
        return Pairs(self.left[chosen], self.right[chosen])


@dataclass(frozen=True)
class Sides:
    """Both sides, rows in the order of their references.

    Attributes:
        key: fingerprint of the key of both.
        scopes: the id columns that the sides were encoded by.
        fields: the identifier fields that both have.
        left_refs, right_refs: the references, sorted.
        left, right: token column -> codes (-1 missing); columns of one token space
            (first and last names) share their codes.
    """

    key: str
    scopes: tuple[str, str]
    fields: tuple[str, ...]
    left_refs: pa.Array
    right_refs: pa.Array
    left: Mapping[str, Codes]
    right: Mapping[str, Codes]

    @property
    def sizes(self) -> tuple[int, int]:
        """Return the number of records on either side."""
        return len(self.left_refs), len(self.right_refs)

    def joint(self, columns: Sequence[str]) -> tuple[Codes, Codes]:
        """Return codes of the combination of columns, missing where any of them is."""
        cut = len(self.left_refs)
        both = combine([np.concatenate([self.left[c], self.right[c]]) for c in columns])
        return both[:cut], both[cut:]


def load_sides(left: pa.Table, right: pa.Table) -> Sides:
    """Bring two encoded tables into one space of codes.

    Raises:
        DataError: a table is not an encoded file, or they share fewer than two fields.
        PolicyError: they were encoded with different keys.
    """
    headers = header_of(left, "left"), header_of(right, "right")
    fields = check_pair(*headers)
    left, right = left.sort_by(REF), right.sort_by(REF)
    blocks = {key.column for key in BLOCK_KEYS}
    spaces: dict[str, list[str]] = {}
    for name in left.schema.names:
        if name in right.schema.names and (name in blocks or name in KIND_OF):
            spaces.setdefault(KIND_OF[name].space if name in KIND_OF else name, []).append(name)
    sides: tuple[dict[str, Codes], dict[str, Codes]] = ({}, {})
    for names in spaces.values():
        for side, name, codes in _code_together(left, right, names):
            sides[side][name] = codes
    return Sides(
        headers[0].key,
        (headers[0].scope, headers[1].scope),
        fields,
        left[REF].combine_chunks(),
        right[REF].combine_chunks(),
        *sides,
    )


def _code_together(
    left: pa.Table, right: pa.Table, names: list[str]
) -> list[tuple[int, str, Codes]]:
    """Code all columns of one token space, of both sides, by one dictionary."""
    places = [(side, name) for name in names for side in (0, 1)]
    columns = [(left, right)[side][name] for side, name in places]
    missing = np.concatenate([_numpy(pc.is_null(column)) for column in columns]).astype(bool)
    words = np.concatenate([_numpy(column.fill_null(0)) for column in columns])
    codes = np.unique(words, return_inverse=True)[1].ravel().astype(np.int64)
    codes[missing] = -1
    cuts = np.cumsum([len(column) for column in columns])[:-1]
    return [(*place, part) for place, part in zip(places, np.split(codes, cuts), strict=True)]


def _numpy(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    array: npt.NDArray[np.uint64] = column.to_numpy()
    return array
