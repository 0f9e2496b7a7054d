"""Columns that drift from the truth step by step, and a note of every step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ehrkit.synthetic.rows import Array

MISSING = "missing"


class Draft:
    """Text columns as they are written now; what is missing is an empty text.

    Attributes:
        now: field -> column of text.
    """

    def __init__(self, true: Mapping[str, Array], rng: np.random.Generator) -> None:
        self.now = dict(true)
        self.rng = rng
        self._true = dict(true)
        self._steps: list[tuple[str, str, Array]] = []

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.now.values())))

    def chance(self, share: float) -> Array:
        """Return a mask that is true for about this share of rows."""
        mask: Array = self.rng.random(len(self)) < share
        return mask

    def write(self, field: str, kind: str, texts: Array, share: float = 1.0) -> None:
        """Replace a share of a field by other texts, and note the rows where that changed it."""
        mask = self.chance(share) & (texts != self.now[field])
        self.now[field] = np.where(mask, texts, self.now[field])
        self._steps.append((field, kind, np.flatnonzero(mask)))

    def leave_out(self, field: str, share: float) -> None:
        """Empty a share of a field."""
        self.write(field, MISSING, np.full(len(self), "", dtype=object), share)

    def differences(self) -> tuple[Array, Array, Array]:
        """Return row, field and kind of each step that left the field other than it was.

        Of a field that is missing no other step shows.
        """
        rows, fields, kinds = [np.zeros(0, np.int64)], [""], [""]
        for field, kind, changed in self._steps:
            seen = self.now[field][changed] != self._true[field][changed]
            hidden = (self.now[field][changed] == "") & (kind != MISSING)
            rows.append(changed[seen & ~hidden])
            fields.append(field)
            kinds.append(kind)
        counts = [len(part) for part in rows]
        return np.concatenate(rows), np.repeat(fields, counts), np.repeat(kinds, counts)
