"""The nearest free control of a case, within groups that are equal in what has to be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ehrkit.queries.analysis.columns import Numbers

Places = npt.NDArray[np.int64]


class Search:
    """Free controls by what has to be equal, each group in the order of its first value."""

    def __init__(
        self,
        case_keys: Places,
        control_keys: Places,
        case_values: Numbers,
        control_values: Numbers,
        person: Places,
        taken: npt.NDArray[np.bool_],
        rank: Places,
    ) -> None:
        self.case_keys, self.case_values = case_keys, case_values
        self.values, self.person, self.taken, self.rank = control_values, person, taken, rank
        known = np.flatnonzero((control_keys >= 0) & ~np.isnan(control_values).any(axis=1))
        order = known[np.lexsort((control_values[known, 0], control_keys[known]))]
        keys, starts = np.unique(control_keys[order], return_index=True)
        # Of nothing, split makes one empty part without a key.
        parts = np.split(order, starts[1:])
        self.groups = dict(zip(keys.tolist(), parts, strict=False))

    def nearest(self, case: int) -> tuple[int, float] | None:
        """Return the nearest free control and its distance, and take that person."""
        value = self.case_values[case]
        group = self.groups.get(int(self.case_keys[case]))
        if group is None or np.isnan(value).any():
            return None
        # Bounds are 1 on this scale; the rest of the rounding is far below any real difference.
        first = self.values[group, 0]
        low, high = np.searchsorted(first, (value[0] - 1 - 1e-9, value[0] + 1 + 1e-9))
        near = group[low:high]
        near = near[~self.taken[self.person[near]]]
        apart = np.abs(self.values[near] - value)
        fits = (apart <= 1 + 1e-9).all(axis=1)
        near, distance = near[fits], apart[fits].sum(axis=1)
        if not len(near):
            return None
        best = np.lexsort((self.rank[near], distance.round(9)))[0]
        self.taken[self.person[near[best]]] = True
        return int(near[best]), float(distance[best])
