"""Providers and places of the site: CLARITY_SER, CLARITY_LOC, and who operated."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns, repeated
from ehrkit.synthetic.staff import STAFF, Teams, staff
from ehrkit.synthetic.streams import Streams

FIRST_PROVIDER = 10_100
LOCATIONS = ("MAIN HOSPITAL", "EAST CAMPUS", "OUTPATIENT CENTER")


def provider_ids(streams: Streams) -> Array:
    """Return PROV_ID of each of the staff."""
    return texts(FIRST_PROVIDER + np.arange(len(staff(streams).kind)))


def provider_masters(streams: Streams) -> dict[str, Columns]:
    """Return the providers and locations of the site."""
    known = staff(streams)
    names = known.last + ", " + known.first
    types, titles = (np.array([row[n] for row in STAFF], dtype=object) for n in (1, 2))
    return {
        "CLARITY_SER": {
            "PROV_ID": provider_ids(streams),
            "PROV_NAME": np.array([name.upper() for name in names], dtype=object),
            "PROV_TYPE": types[known.kind],
            "CLINICIAN_TITLE": titles[known.kind],
        },
        "CLARITY_LOC": {
            "LOC_ID": location_ids(np.arange(len(LOCATIONS))),
            "LOC_NAME": np.array(LOCATIONS, dtype=object),
        },
    }


def location_ids(place: Array) -> Array:
    """Return location keys of positions in LOCATIONS."""
    return 9_001 + 100 * place


def department_locations() -> Array:
    """Return the position in LOCATIONS of each department."""
    return np.array(
        [
            1 if "EAST" in name else 2 if unit == "Clinic" else 0
            for name, _, unit in catalogue().departments.values()
        ]
    )


def surgeon_rows(team: Teams, log: Array, streams: Streams) -> Columns:
    """Return who operated: the surgeon first, then an assistant and a resident on most logs."""
    parts = (
        (team.surgeon, "Primary"), (team.assistant, "Assisting"), (team.resident, "Resident")
    )  # fmt: skip
    rows = [np.flatnonzero(who >= 0) for who, _ in parts]
    row = np.concatenate(rows)
    who = np.concatenate([part[0][at] for part, at in zip(parts, rows, strict=True)])
    behind = 2 + (team.assistant[rows[2]] >= 0)
    line = np.concatenate([np.full(len(rows[0]), 1), np.full(len(rows[1]), 2), behind])
    roles = [repeated(part[1], len(at)).texts() for part, at in zip(parts, rows, strict=True)]
    return {
        "LOG_ID": log[row],
        "LINE": line,
        "SURG_ID": provider_ids(streams)[who],
        "ROLE_C": np.concatenate(roles),
        "PANEL": np.ones(len(row), np.int64),
    }
