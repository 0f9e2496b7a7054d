"""Contacts that were no visits: stays that never were, and entries of an interface."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY, HOUR, Encounters, new_encounters
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS, NOT_REAL_STAYS, Kind, Status
from ehrkit.synthetic.spec import CHART_START, EXTRACT

# Months drawn per contact that is wanted: some lie before a birth or after a death.
SPARE = 1.3


def phantoms(truth: Truth, rng: np.random.Generator) -> Encounters:
    """Return preadmissions that never arrived and admissions that were cancelled."""
    real = np.flatnonzero(np.isin(truth.encounters.kind, INPATIENT_KINDS))
    shares = (truth.spec.preadmissions, truth.spec.cancelled_admissions)
    parts = []
    for kind, share in zip(NOT_REAL_STAYS, shares, strict=True):
        rows = real[rng.random(len(real)) < share]
        start = truth.encounters.start[rows] - rng.integers(5 * 24, 40 * 24, len(rows)) * HOUR
        born = truth.people.birth[truth.encounters.person[rows]]
        possible = (start > born) & (start >= CHART_START)
        rows, start = rows[possible], start[possible]
        parts.append(
            new_encounters(
                truth.encounters.person[rows],
                kind,
                start,
                start + 6 * HOUR,
                department=truth.encounters.department[rows],
                status=Status.CANCELED,
            )
        )
    return Encounters.joined(parts)


def system_contacts(truth: Truth, rng: np.random.Generator) -> Encounters:
    """Return contacts that an interface wrote on the 25th of a month, without a department."""
    wanted = round(len(truth.encounters) * truth.spec.system_contacts)
    size = int(wanted * SPARE)
    person = rng.integers(0, len(truth.people), size)
    months = int(
        (EXTRACT.astype("datetime64[M]") - CHART_START.astype("datetime64[M]")).astype(int)
    )
    month = rng.integers(0, months, size).astype("timedelta64[M]")
    day = (CHART_START.astype("datetime64[M]") + month).astype("datetime64[D]") + 24 * CALENDAR_DAY
    alive = np.isnat(truth.people.death[person]) | (day < truth.people.death[person])
    possible = np.flatnonzero(alive & (day > truth.people.birth[person]))[:wanted]
    person, start = person[possible], day[possible].astype("datetime64[s]")
    return new_encounters(person, Kind.SYSTEM, start, start, status=Status.NONE)
