"""The local clock of the site: US Eastern time, which skips an hour in March and repeats one.

Rules since 2007 (Energy Policy Act of 2005): forward at 2:00 on the second Sunday of March,
back at 2:00 on the first Sunday of November.
"""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.rows import Array

HOUR = np.timedelta64(3600, "s")
MARCH, NOVEMBER = 2, 10


def spring_changes(year: Array) -> Array:
    """Return, per year (datetime64[Y]), the instant at which 2:00 becomes 3:00."""
    return _sunday(year, MARCH, 2) + 2 * HOUR


def autumn_changes(year: Array) -> Array:
    """Return, per year (datetime64[Y]), the instant at which 2:00 becomes 1:00."""
    return _sunday(year, NOVEMBER, 1) + 2 * HOUR


def to_utc(local: Array) -> Array:
    """Return UTC of local times; the repeated hour in autumn counts as winter time."""
    year = local.astype("datetime64[Y]")
    summer = (local >= spring_changes(year)) & (local < autumn_changes(year) - HOUR)
    return local + np.where(summer, 4, 5) * HOUR


def _sunday(year: Array, month: int, nth: int) -> Array:
    """Return midnight of the n-th Sunday of a month (counted from 0) of each year."""
    first = (year.astype("datetime64[M]") + np.timedelta64(month, "M")).astype("datetime64[D]")
    # 1970-01-01 was a Thursday: day number 3 is a Sunday.
    ahead = (3 - first.astype(np.int64)) % 7
    day: Array = first + ahead.astype("timedelta64[D]") + np.timedelta64(7 * (nth - 1), "D")
    return day.astype("datetime64[s]")
