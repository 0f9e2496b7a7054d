"""When care on a ward begins: on arrival, or after the operation that the stay is for."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY, HOUR, MINUTE
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT

# Blood is taken in the evening after surgery, or from five on a later morning; a result is
# back within this time of the order. Design choice.
MORNING, RESULT_BACK = 5 * HOUR, 80 * MINUTE


def ward_time(truth: Truth, encounter: Array) -> Array:
    """Return when care on the ward begins: the end of surgery in surgical stays, or arrival."""
    encounters, surgery = truth.encounters, truth.encounters.surgery[encounter]
    surgical = (encounters.kind[encounter] == Kind.STAY) & (surgery >= 0)
    time = encounters.start[encounter]
    time[surgical] = truth.surgeries.close[surgery[surgical]]
    return time


def blood_times(truth: Truth, encounter: Array, rng: np.random.Generator) -> Array:
    """Return when blood is taken: soon after arrival, or within the stay after surgery."""
    encounters = truth.encounters
    time = ward_time(truth, encounter)
    end = np.fmin(encounters.end[encounter], EXTRACT.astype("datetime64[s]"))
    rows = np.flatnonzero(time > encounters.start[encounter])
    close, day = time[rows], time[rows].astype("datetime64[D]")
    nights = np.maximum((end[rows].astype("datetime64[D]") - day).astype(int), 0)
    night = rng.integers(0, nights + 1)
    later = np.where(night > 0, day + night * CALENDAR_DAY + MORNING, close + HOUR)
    time[rows] = np.maximum(np.minimum(later, end[rows] - RESULT_BACK - 25 * MINUTE), close)
    return time
