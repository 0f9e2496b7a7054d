"""Dense person x day prefix sums: any window of any anchor is then the difference of two cells.

Memory is people x days x 8 bytes x measures, so people are taken in chunks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
CELLS_PER_CHUNK = 6_000_000
"""Person-days of one chunk: 48 MB per measure."""


@dataclass(frozen=True)
class Days:
    """Daily rows sorted by person.

    A person number, a day since 1970, and measures per row, as whole numbers.
    """

    person: Ints
    day: Ints
    measures: dict[str, Ints]


@dataclass(frozen=True)
class Dense:
    """Prefix sums of the people `first` to `last` (excluded).

    Cell `[p, d]` sums the days before `origin + d`.
    """

    first: int
    last: int
    origin: int
    sums: dict[str, Ints]

    def between(self, measure: str, person: Ints, begin: Ints, end: Ints) -> Ints:
        """Return the sum over days `begin` to `end`, both included.

        Zero where the end comes first.
        """
        sums = self.sums[measure]
        span = sums.shape[1] - 1
        low = np.clip(begin - self.origin, 0, span)
        high = np.maximum(np.clip(end + 1 - self.origin, 0, span), low)
        row = person - self.first
        result: Ints = sums[row, high] - sums[row, low]
        return result


def dense_chunks(days: Days, people: int) -> Iterator[Dense]:
    """Yield the prefix sums of all people `0..people-1`, chunk by chunk.

    Each chunk spans its own days only.
    """
    edges = np.searchsorted(days.person, np.arange(people + 1))
    begin = 0
    while begin < people:
        end = _fit(days, edges, begin, people)
        yield _dense(days, edges, begin, end)
        begin = end


def _fit(days: Days, edges: Ints, begin: int, people: int) -> int:
    """Return the person before whom the chunk has to end."""
    low, high = None, None
    for person in range(begin, people):
        own = days.day[edges[person] : edges[person + 1]]
        if len(own):
            low = int(own.min()) if low is None else min(low, int(own.min()))
            high = int(own.max()) if high is None else max(high, int(own.max()))
        if low is not None and high is not None:
            cells = (high - low + 2) * (person + 1 - begin)
            if cells > CELLS_PER_CHUNK and person > begin:
                return person
    return people


def _dense(days: Days, edges: Ints, begin: int, end: int) -> Dense:
    rows = slice(edges[begin], edges[end])
    day = days.day[rows]
    origin = int(day.min()) if len(day) else 0
    span = int(day.max()) - origin + 1 if len(day) else 0
    sums = {}
    for name, values in days.measures.items():
        grid = np.zeros((end - begin, span + 1), np.int64)
        grid[days.person[rows] - begin, day - origin + 1] = values[rows]
        sums[name] = np.cumsum(grid, axis=1, out=grid)
    return Dense(begin, end, origin, sums)
