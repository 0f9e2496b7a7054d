"""Small cells: which counts to hide so that a reader cannot work them out again.

CMS releases no cell of 1 to 10 (CMS Cell Size Suppression Policy, 2020 edition).
Along every line whose total can be known, a single hidden cell would be the
difference of the rest; a second one is hidden there too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Hidden = npt.NDArray[np.bool_]


def hide(counts: Counts, smallest: int) -> Hidden:
    """Return which cells of a table (parts by groups, the first group being all of them) to hide.

    Each column adds up to the size of its group; each row's first cell is at least the sum
    of the others. A cell from 1 to `smallest` - 1 is hidden, then in every line with a single
    hidden cell the smallest other one that is not 0, until no line has a single one.
    """
    hidden: Hidden = (counts > 0) & (counts < smallest)
    while True:
        before = hidden.sum()
        for line in range(counts.shape[1]):
            _add_second(counts[:, line], hidden[:, line])
        if counts.shape[1] > 1:
            for line in range(counts.shape[0]):
                _add_second(counts[line], hidden[line])
        if hidden.sum() == before:
            return hidden


def _add_second(counts: Counts, hidden: Hidden) -> None:
    """Hide the smallest other cell of a line, in place, where a single one is hidden."""
    others = np.flatnonzero(~hidden & (counts > 0))
    if hidden.sum() == 1 and len(others):
        hidden[others[np.argmin(counts[others])]] = True
