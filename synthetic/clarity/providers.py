"""Providers and places of the site: CLARITY_SER, CLARITY_LOC, and who operated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.surgeries import Surgeries, is_neurosurgery
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.pools import pools
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns, repeated
from ehrkit.synthetic.streams import Streams

FIRST_PROVIDER = 10_100
# Kind, title and number of providers; design choice.
STAFF = (
    ("Neurosurgeon", "Physician", "MD", 7),
    ("Orthopedist", "Physician", "MD", 9),
    ("Resident", "Resident", "MD", 14),
    ("Assistant", "Physician Assistant", "PA-C", 8),
    ("Emergency physician", "Physician", "DO", 18),
    ("Anesthesiologist", "Physician", "MD", 10),
)
LOCATIONS = ("MAIN HOSPITAL", "EAST CAMPUS", "OUTPATIENT CENTER")


@dataclass(frozen=True)
class Staff:
    """The providers of a site; `kind` is a row of STAFF."""

    ids: Array
    names: Array
    kind: Array

    def of(self, kind: str) -> Array:
        """Return the positions of the providers of a kind."""
        return np.flatnonzero(self.kind == [row[0] for row in STAFF].index(kind))


def staff(streams: Streams) -> Staff:
    """Return the providers of this site."""
    return _staff(streams.seed)


@cache
def _staff(seed: int) -> Staff:
    rng = Streams(seed).of_site("staff")
    kind = np.repeat(np.arange(len(STAFF)), [row[3] for row in STAFF])
    size = len(kind)
    woman = rng.random(size) < 0.35
    first = np.where(woman, pools().female.draw(rng, size), pools().male.draw(rng, size))
    name = np.array([text.upper() for text in pools().last.draw(rng, size) + ", " + first], object)
    return Staff(texts(FIRST_PROVIDER + np.arange(size)), name, kind)


def surgeons(surgeries: Surgeries, streams: Streams) -> Array:
    """Return the position of the primary surgeon; one person keeps one surgeon."""
    known, neuro = staff(streams), is_neurosurgery(surgeries)
    neurosurgeons, orthopedists = known.of("Neurosurgeon"), known.of("Orthopedist")
    choice = surgeries.person * 7919 // 2
    neurosurgeon = neurosurgeons[choice % len(neurosurgeons)]
    chosen: Array = np.where(neuro, neurosurgeon, orthopedists[choice % len(orthopedists)])
    return chosen


def provider_masters(streams: Streams) -> dict[str, Columns]:
    """Return the providers and locations of the site."""
    known = staff(streams)
    types, titles = (np.array([row[n] for row in STAFF], dtype=object) for n in (1, 2))
    return {
        "CLARITY_SER": {
            "PROV_ID": known.ids,
            "PROV_NAME": known.names,
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


def surgeon_rows(surgeries: Surgeries, log: Array, streams: Streams) -> Columns:
    """Return who operated: the surgeon first, then an assistant and a resident on most logs."""
    rng = streams.of("surgeons")
    known, size = staff(streams), len(surgeries)
    helper, resident = rng.random(size) < 0.55, rng.random(size) < 0.65
    parts = (
        (np.arange(size), surgeons(surgeries, streams), "Primary"),
        (np.flatnonzero(helper), rng.choice(known.of("Assistant"), int(helper.sum())), "Assisting"),
        (np.flatnonzero(resident), rng.choice(known.of("Resident"), int(resident.sum())),
         "Resident"),
    )  # fmt: skip
    row = np.concatenate([part[0] for part in parts])
    line = np.concatenate([
        np.ones(size, np.int64), np.full(int(helper.sum()), 2), 2 + helper[resident].astype(int)
    ])  # fmt: skip
    return {
        "LOG_ID": log[row],
        "LINE": line,
        "SURG_ID": known.ids[np.concatenate([part[1] for part in parts])],
        "ROLE_C": np.concatenate([repeated(role, len(rows)).texts() for rows, _, role in parts]),
        "PANEL": np.ones(len(row), np.int64),
    }
