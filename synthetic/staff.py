"""The staff of the site, who operates and who sees emergencies: the same in every chart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ehrkit.synthetic.care.surgeries import Surgeries, is_neurosurgery
from ehrkit.synthetic.people.pools import pools
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

# Kind, type, title and number of providers; design choice.
STAFF = (
    ("Neurosurgeon", "Physician", "MD", 7),
    ("Orthopedist", "Physician", "MD", 9),
    ("Resident", "Resident", "MD", 14),
    ("Assistant", "Physician Assistant", "PA-C", 8),
    ("Emergency physician", "Physician", "DO", 18),
    ("Anesthesiologist", "Physician", "MD", 10),
    ("Internist", "Physician", "MD", 6),
    ("Vascular surgeon", "Physician", "MD", 3),
    ("Pain physician", "Physician", "MD", 4),
)
# Shares of surgeries with an assistant and with a resident; design choice.
ASSISTED, TAUGHT = 0.55, 0.65


@dataclass(frozen=True)
class Staff:
    """The providers of a site; `kind` is a row of STAFF."""

    first: Array
    last: Array
    kind: Array

    def of(self, kind: str) -> Array:
        """Return the positions of the providers of a kind."""
        return np.flatnonzero(self.kind == [row[0] for row in STAFF].index(kind))


@dataclass(frozen=True)
class Teams(Rows):
    """Positions in the staff, one row per surgery; -1 for nobody."""

    surgeon: Array
    assistant: Array
    resident: Array
    anesthetist: Array


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
    return Staff(first, pools().last.draw(rng, size), kind)


def teams(surgeries: Surgeries, streams: Streams) -> Teams:
    """Return who did each surgery; assistants and residents are there on most."""
    rng = streams.of("surgeons")
    known, size = staff(streams), len(surgeries)

    def some(kind: str, share: float) -> Array:
        there = rng.random(size) < share
        return np.where(there, rng.choice(known.of(kind), size), -1)

    return Teams(
        surgeon=_surgeons(surgeries, known),
        assistant=some("Assistant", ASSISTED),
        resident=some("Resident", TAUGHT),
        anesthetist=some("Anesthesiologist", 1.0),
    )


def _surgeons(surgeries: Surgeries, known: Staff) -> Array:
    """Return the position of the primary surgeon; one person keeps one surgeon."""
    neurosurgeons, orthopedists = known.of("Neurosurgeon"), known.of("Orthopedist")
    choice = surgeries.person * 7919 // 2
    neurosurgeon = neurosurgeons[choice % len(neurosurgeons)]
    orthopedist = orthopedists[choice % len(orthopedists)]
    chosen: Array = np.where(is_neurosurgery(surgeries), neurosurgeon, orthopedist)
    return chosen


def emergency_doctors(encounter: Array, streams: Streams) -> Array:
    """Return who sees the emergency visits at these rows of the encounters."""
    doctors = staff(streams).of("Emergency physician")
    chosen: Array = doctors[encounter % len(doctors)]
    return chosen
