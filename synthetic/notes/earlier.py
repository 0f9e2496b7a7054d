"""When a patient last had an image, an injection or therapy before a note was written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from ehrkit.synthetic.care.clinical import seen
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Service
from ehrkit.synthetic.rows import Array

# More days than any chart holds, so that no two persons' days meet on one axis.
APART = 1_000_000
EPOCH = date(1970, 1, 1).toordinal()


def latest(truth: Truth, rows: Array, services: Sequence[Service]) -> list[date | None]:
    """Return the last day on which each noted person had one of the services, or None."""
    encounters = truth.encounters
    held = np.flatnonzero(seen(truth) & np.isin(encounters.service, services))
    # In front a day that is nobody's, for those who had none.
    axis = np.append(-1, np.sort(_axis(truth, held)))
    now = _axis(truth, rows)
    last = axis[np.searchsorted(axis, now) - 1]
    days = np.where(last // APART == now // APART, last % APART, -1)
    return [date.fromordinal(EPOCH + day) if day >= 0 else None for day in days.tolist()]


def _axis(truth: Truth, rows: Array) -> Array:
    """Lay every person's days on one axis, far apart."""
    days = truth.encounters.start[rows].astype("datetime64[D]").astype(np.int64)
    axis: Array = truth.encounters.person[rows] * APART + days
    return axis
