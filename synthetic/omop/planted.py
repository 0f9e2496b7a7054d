"""The rows of OMOP tables that are wrong, or a guess, on purpose."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.projection import Planted


def planted_rows(loading: Loading) -> Planted:
    """Return what of the planted trouble a loader cannot take away."""
    history = loading.history
    records, csn = history.records, history.booking.csn
    unfinished = np.flatnonzero(loading.unfinished)
    in_house = np.isnat(history.truth.encounters.end[unfinished])
    twice = len(history.truth.people) + np.flatnonzero(~records.merged)
    return [
        ("duplicate-not-merged", "person", texts(loading.number[twice])),
        ("discharge-missing", "visit_occurrence", texts(csn[unfinished[~in_house]])),
        ("in-house-at-extract", "visit_occurrence", texts(csn[unfinished[in_house]])),
    ]
