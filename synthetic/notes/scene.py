"""What a note is about: one contact of one patient, and the draws that make its wording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import numpy as np

from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.notes.chart import Chart

# Contacts whose story is told at their end.
TOLD_AFTER = (Kind.STAY, Kind.SURGERY_CONTACT)
DRAWN_AT_ONCE = 16_384
TENS: tuple[int, ...] = tuple(10**place for place in range(8))


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
        "_later",
        "_persons",
        "_surgeries",
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
        encounters, rows = chart.truth.encounters, chart.rows
        self._persons: list[int] = encounters.person[rows].tolist()
        self._surgeries: list[int] = encounters.surgery[rows].tolist()
        self._later: list[bool] = np.isin(encounters.kind[rows], TOLD_AFTER).tolist()
        self.turn_to(0)

    def turn_to(self, place: int) -> None:
        """Look at another note."""
        self.place = place
        self.facts: dict[object, str] = {}
        self.row = self.chart.rows[place]
        self.person = self._persons[place]
        self.surgery = self._surgeries[place]
        time = self.chart.end[place] if self._later[place] else None
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
