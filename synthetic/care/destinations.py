"""Where people go from the hospital: home, with a nurse at home, or to another house."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import Encounters
from ehrkit.synthetic.care.traits import ADULT
from ehrkit.synthetic.care.vocabulary import Disposition, Kind
from ehrkit.synthetic.people.people import YEAR, People
from ehrkit.synthetic.rows import Array

# Share that goes to another house: none at this age, and one more in so many years, within
# bounds; of them to nursing; with a nurse at home. Design choice.
FROM_AGE, YEARS, BOUNDS = 48, 170, (0.02, 0.28)
NURSING, NURSE_AT_HOME = 0.65, 0.27


def destinations(age: Array, more: Array | float, rng: np.random.Generator) -> Array:
    """Draw dispositions by age in years; `more` adds to the share that goes to a facility.

    Those under 18 go home.
    """
    facility = np.clip((age - FROM_AGE) / YEARS, *BOUNDS) + more
    draw = rng.random(len(age))
    places = np.select(
        [draw < facility * NURSING, draw < facility, draw < facility + NURSE_AT_HOME],
        [
            int(Disposition.SKILLED_NURSING),
            int(Disposition.REHABILITATION),
            int(Disposition.HOME_HEALTH),
        ],
        int(Disposition.HOME),
    )
    return np.where(age < ADULT, int(Disposition.HOME), places)


def leave_admissions(people: People, encounters: Encounters, rng: np.random.Generator) -> None:
    """Set where those go who were admitted without surgery and would all go home."""
    admitted = np.isin(encounters.kind, (Kind.ADMISSION, Kind.EMERGENCY_ADMITTED))
    rows = np.flatnonzero(admitted & (encounters.disposition == Disposition.HOME))
    born = people.birth[encounters.person[rows]]
    age = (encounters.start[rows].astype("datetime64[D]") - born).astype(int) / YEAR
    encounters.disposition[rows] = destinations(age, 0.0, rng)
