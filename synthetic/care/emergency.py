"""Emergency visits: when people come, how long they wait, what becomes of them."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import DAY, HOUR, Encounters, new_encounters
from ehrkit.synthetic.care.vocabulary import Disposition, Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec

# Observed overnight without admission, and gone against advice: after having been examined,
# so that what was measured and tested until then stays. Design choice.
OBSERVED = 0.08
LEFT_EARLY = 0.03


def emergency_visits(
    person: Array,
    day: Array,
    reason: Array,
    admitted: Array | float,
    spec: Spec,
    rng: np.random.Generator,
) -> Encounters:
    """Return emergency visits on given days: hours, outcome, and stay where admitted.

    `admitted` is the chance of each to be admitted.
    """
    size = len(person)
    hour = np.clip(rng.normal(15, 4.5, size), 0.1, 23.9)
    arrival = day.astype("datetime64[s]") + (hour * 3600).astype("timedelta64[s]")
    departure = arrival + (3600 * (1 + rng.gamma(2.2, 1.9, size))).astype("timedelta64[s]")
    draw = rng.random(size)
    kind = np.select(
        [draw < admitted, draw < admitted + OBSERVED],
        [int(Kind.EMERGENCY_ADMITTED), int(Kind.EMERGENCY_OBSERVED)],
        int(Kind.EMERGENCY),
    )
    nights = np.clip(np.round(rng.lognormal(1.1, 0.7, size)), 1, 30).astype(int) * DAY
    end = np.select(
        [kind == Kind.EMERGENCY_ADMITTED, kind == Kind.EMERGENCY_OBSERVED],
        [arrival + nights, departure + rng.integers(8, 30, size) * HOUR],
        departure,
    )
    end = np.maximum(end, departure)
    early = (kind == Kind.EMERGENCY) & (rng.random(size) < LEFT_EARLY)
    disposition = np.where(early, int(Disposition.LEFT_AGAINST_ADVICE), int(Disposition.HOME))
    where = rng.choice(
        [catalogue().department("ED_MAIN"), catalogue().department("ED_EAST")], size, p=(0.75, 0.25)
    )
    return new_encounters(
        person,
        kind,
        arrival,
        end,
        department=where,
        disposition=disposition,
        reason=reason,
        ed_departure=departure,
        outside=rng.random(size) < spec.outside_emergency,
    )
