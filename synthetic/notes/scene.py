"""What a note is about: one contact of one patient, and the draws that make its wording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import numpy as np

from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.notes.chart import Chart

DRAWN_AT_ONCE = 16_384
TENS = tuple(10**place for place in range(8))


def endless(rng: np.random.Generator) -> Iterator[int]:
    """Yield random integers below 2^30, drawn many at a time."""
    while True:
        yield from rng.integers(0, 1 << 30, DRAWN_AT_ONCE).tolist()


def _one_of(digits: int, place: int, options: int) -> int:
    """Return a number below `options` from three of nine digits."""
    return digits // TENS[place] % 1000 % options


class Scene:
    """The note at `place` among those of the chart.

    `now` is when its story is told: the end of a stay or an operation, the start of any
    other contact.
    `facts` keeps what was already worked out about this note; `item` is what a list of
    the note has come to.
    """

    __slots__ = (
        "chart",
        "facts",
        "item",
        "now",
        "numbers",
        "person",
        "place",
        "row",
        "surgery",
        "today",
    )

    def __init__(self, chart: Chart, numbers: Iterator[int]) -> None:
        self.chart = chart
        self.numbers = numbers
        self.item: Any = None
        self.turn_to(0)

    def turn_to(self, place: int) -> None:
        """Look at another note."""
        encounters = self.chart.truth.encounters
        self.place = place
        self.facts: dict[object, str] = {}
        self.row = self.chart.rows[place]
        self.person = int(encounters.person[self.row])
        self.surgery = int(encounters.surgery[self.row])
        told_after = encounters.kind[self.row] in (Kind.STAY, Kind.SURGERY_CONTACT)
        time = self.chart.end[place] if told_after else None
        self.now: datetime = time or self.chart.start[place]
        self.today: date = self.now.date()

    @property
    def age(self) -> int:
        """Return the age in years today."""
        born, today = self.chart.birth[self.person], self.today
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    @property
    def days_since_surgery(self) -> int:
        """Return the days since surgery, below 0 before it."""
        return (self.today - self.chart.surgery.date[self.surgery]).days

    def of_person(self, place: int, options: int) -> int:
        """Return a number below `options` (at most 1000) that the person keeps for life.

        Each place from 0 to 7 gives another one.
        """
        return _one_of(int(self.chart.cast.digits[self.person]), place, options)

    def of_surgery(self, place: int, options: int) -> int:
        """Return a number below `options` (at most 1000) that belongs to the surgery."""
        return _one_of(self.chart.surgery.digits[self.surgery], place, options)
