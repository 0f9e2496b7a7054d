"""Which inpatient stays follow which spine surgery, and which of them were planned."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import DAY, on_one_axis
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS, SPINE_KINDS, Kind, SurgeryKind
from ehrkit.synthetic.rows import Array, stable_order

FOLLOWED = 365 * DAY
# A second surgery so soon after the first was planned by nobody.
UNPLANNED_WITHIN = np.timedelta64(30, "D")


def readmissions(truth: Truth) -> tuple[Array, Array]:
    """Return pairs: surgery rows, and encounter rows of inpatient stays in the year after.

    Surgeries are those of the spine, washouts too, but not second ones in one stay. Stays
    outside the chart count.
    """
    surgeries, encounters = truth.surgeries, truth.encounters
    index = surgeries.performed & ~surgeries.same_stay & ~truth.people.test[surgeries.person]
    rows = np.flatnonzero(index & np.isin(surgeries.kind, (*SPINE_KINDS, SurgeryKind.WASHOUT)))
    stays = np.flatnonzero(np.isin(encounters.kind, INPATIENT_KINDS))
    start = on_one_axis(encounters.person[stays], encounters.start[stays])
    order = stable_order(start)
    stays, start = stays[order], start[order]
    home = on_one_axis(surgeries.person[rows], surgeries.discharge[rows])
    first = np.searchsorted(start, home, side="right")
    last = np.searchsorted(start, home + int(FOLLOWED.astype(int)), side="right")
    count = last - first
    place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(rows, count), stays[np.repeat(first, count) + place]


def planned_stays(truth: Truth) -> Array:
    """Return a mask of encounters: stays for a surgery that was planned."""
    surgeries, encounters = truth.surgeries, truth.encounters
    parent = np.maximum(surgeries.follows, 0)
    soon = (surgeries.follows >= 0) & (surgeries.date - surgeries.date[parent] <= UNPLANNED_WITHIN)
    planned = np.append(~soon & (surgeries.kind != SurgeryKind.WASHOUT), False)
    mask: Array = (encounters.kind == Kind.STAY) & planned[encounters.surgery]
    return mask
