"""Which facility charges were posted by the day of the extract, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.charges import Charges
from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.plant import SLOWEST_POSTING

FIRST_TX = 300_000_000
# From a posting to its reversal; design choice.
NOTICED = 8 * CALENDAR_DAY


@dataclass(frozen=True)
class Postings:
    """The rows of the charges that are in the extract, their keys, and the day of each."""

    rows: Array
    key: Array
    day: Array


def postings(charges: Charges, streams: Streams) -> Postings:
    """Return what was posted by the extract.

    A correction is posted on the day of its reversal, so that an account nets to one charge on
    every day. A mistake is there only with its reversal: it is planted as one that was noticed.
    """
    rng, size = streams.of("transactions"), len(charges)
    day: Array = charges.date + rng.integers(1, int(SLOWEST_POSTING.astype(int)) + 1, size)
    back = np.flatnonzero(charges.reverses >= 0)
    day[back] = day[charges.reverses[back]] + NOTICED
    wrong, right = back[charges.mistaken[back]], back[~charges.mistaken[back]]
    # Corrections come last, in the order of the reversals that they belong to.
    day[size - len(right) :] = day[right]
    there = day <= EXTRACT
    there[charges.reverses[wrong]] = there[wrong]
    rows = np.flatnonzero(there)
    return Postings(rows, FIRST_TX + streams.spread(rows), day[rows])
