"""The local clock of the site: US Eastern time, which skips an hour in March and repeats one.

Rules since 2007 (Energy Policy Act of 2005): forward at 2:00 on the second Sunday of March,
back at 2:00 on the first Sunday of November.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ehrkit.synthetic.rows import Array

HOUR = np.timedelta64(3600, "s")
MARCH, NOVEMBER = 2, 10
# Minutes ahead of UTC.
SUMMER, WINTER = -240, -300
YEARS = np.arange("1970", "2100", dtype="datetime64[Y]")


def spring_changes(year: Array) -> Array:
    """Return, per year (datetime64[Y]), the instant at which 2:00 becomes 3:00."""
    return _sundays(MARCH, 2)[_places(year)] + 2 * HOUR


def autumn_changes(year: Array) -> Array:
    """Return, per year (datetime64[Y]), the instant at which 2:00 becomes 1:00."""
    return _sundays(NOVEMBER, 1)[_places(year)] + 2 * HOUR


def utc_offset(local: Array) -> Array:
    """Return minutes ahead of UTC at local times; the repeated hour in autumn is winter time."""
    local = local.astype("datetime64[s]")
    year = local.astype("datetime64[Y]")
    summer = (local >= spring_changes(year)) & (local < autumn_changes(year) - HOUR)
    return np.where(summer, SUMMER, WINTER)


def to_utc(local: Array) -> Array:
    """Return UTC of local times."""
    return local - utc_offset(local) * np.timedelta64(60, "s")


def _places(year: Array) -> Array:
    """Return the place of each year in YEARS; of a missing one, any."""
    places: Array = np.clip(year.astype(np.int64), 0, len(YEARS) - 1)
    return places


@cache
def _sundays(month: int, nth: int) -> Array:
    """Return midnight of the n-th Sunday of a month (counted from 0) in each of YEARS."""
    first = (YEARS.astype("datetime64[M]") + np.timedelta64(month, "M")).astype("datetime64[D]")
    # 1970-01-01 was a Thursday: day number 3 is a Sunday.
    ahead = (3 - first.astype(np.int64)) % 7
    days = first + ahead.astype("timedelta64[D]") + np.timedelta64(7 * (nth - 1), "D")
    midnights: Array = days.astype("datetime64[s]")
    return midnights
