"""When hospital contacts count as admitted, and from when they were on a ward."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import NOT_A_TIME, Encounters
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.rows import Array

# From arrival to registration in the emergency department; design choice.
REGISTRATION = np.timedelta64(9 * 60, "s")
MOVED_ON = (Kind.EMERGENCY_ADMITTED, Kind.EMERGENCY_OBSERVED)


def admitted(encounters: Encounters) -> Array:
    """Return when each was admitted: people who come planned arrive before their admission."""
    return np.where(encounters.emergency(), encounters.start + REGISTRATION, encounters.start)


def moved_on(encounters: Encounters) -> Array:
    """Return a mask of emergency visits that the chart saw go on from the department to a ward.

    A visit without the trace of its base class was on the ward from its admission, as the
    chart has it.
    """
    return np.isin(encounters.kind, MOVED_ON) & encounters.base_class


def inpatient_from(encounters: Encounters) -> Array:
    """Return the first moment as an inpatient, NaT where there was none."""
    kinds = (Kind.STAY, Kind.ADMISSION, Kind.EMERGENCY_ADMITTED)
    return np.where(np.isin(encounters.kind, kinds), on_ward(encounters), NOT_A_TIME)


def outpatient_from(encounters: Encounters) -> Array:
    """Return the first moment as an outpatient in a bed, NaT where there was none."""
    kinds = (Kind.OUTPATIENT_SURGERY, Kind.EMERGENCY_OBSERVED)
    return np.where(np.isin(encounters.kind, kinds), on_ward(encounters), NOT_A_TIME)


def on_ward(encounters: Encounters) -> Array:
    """Return since when the latest unit holds the patient, as movements have it."""
    return np.where(moved_on(encounters), encounters.ed_departure, admitted(encounters))
