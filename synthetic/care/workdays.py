"""Days on which clinics are open and surgery is planned: weekdays that are no holiday."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import CHART_START, EXTRACT

# New Year, Independence Day and Christmas close everywhere; other holidays differ by site.
CLOSED = ("01-01", "07-04", "12-25")
YEARS = np.arange(
    CHART_START.astype("datetime64[Y]"), EXTRACT.astype("datetime64[Y]") + np.timedelta64(2, "Y")
)
HOLIDAYS = np.array([f"{year}-{day}" for year in YEARS for day in CLOSED], "datetime64[D]")
OPEN = np.busdaycalendar(holidays=HOLIDAYS)


def workday(day: Array, roll: Literal["forward", "backward"]) -> Array:
    """Return each day, or the next or last working day where it is none."""
    return np.busday_offset(day.astype("datetime64[D]"), 0, roll=roll, busdaycal=OPEN)
