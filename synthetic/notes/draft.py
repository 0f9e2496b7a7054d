"""A note in the making, and a finished one; both know the exact place of every mark."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from ehrkit.synthetic.notes.kinds import IDENTIFIERS, KINDS

Span = tuple[str, int, int]
# Marks are kept in 16 bits.
LONGEST = 65_535


@dataclass(frozen=True)
class Fragment:
    """A passage of a draft that a later note may copy, its marks included."""

    parts: tuple[str, ...]
    codes: tuple[int, ...]
    places: tuple[int, ...]


class Draft:
    """Pieces of text in order; a marked piece is an identifier or a look-alike."""

    __slots__ = ("codes", "parts", "places")

    def __init__(self) -> None:
        self.parts: list[str] = []
        # Kind (a place in `kinds.KINDS`) and part of each mark.
        self.codes: list[int] = []
        self.places: list[int] = []

    def say(self, text: str) -> None:
        """Append text that needs no mark."""
        self.parts.append(text)

    def mark(self, code: int, text: str) -> None:
        """Append an identifier or a look-alike of the kind at `code`; empty text has no mark."""
        if text:
            self.codes.append(code)
            self.places.append(len(self.parts))
            self.parts.append(text)

    def since(self, place: int) -> Fragment:
        """Return what was written since the draft had `place` pieces."""
        first = bisect_left(self.places, place)
        places = tuple(at - place for at in self.places[first:])
        return Fragment(tuple(self.parts[place:]), tuple(self.codes[first:]), places)

    def paste(self, fragment: Fragment) -> None:
        """Append a passage of another draft."""
        place = len(self.parts)
        self.codes += fragment.codes
        self.places += [at + place for at in fragment.places]
        self.parts += fragment.parts

    def finish(self) -> tuple[str, array[int]]:
        """Return the text and its marks: kind code, start, end of each, in order of place.

        Raises:
            ValueError: the text is longer than a mark can tell.
        """
        ends = list(accumulate(map(len, self.parts), initial=0))
        if ends[-1] > LONGEST:
            raise ValueError("a note is longer than 65,535 characters")
        marks = array("H", bytes(6 * len(self.codes)))
        marks[0::3] = array("H", self.codes)
        marks[1::3] = array("H", [ends[at] for at in self.places])
        marks[2::3] = array("H", [ends[at + 1] for at in self.places])
        return "".join(self.parts), marks


@dataclass(frozen=True)
class Note:
    """A finished note: `type` names it in ZC_NOTE_TYPE_IP, `created` is local time.

    `encounter` is a row of the encounters; `marks` is what `Draft.finish` returns.
    """

    encounter: int
    type: str
    created: np.datetime64
    deleted: bool
    text: str
    marks: array[int]

    @property
    def spans(self) -> tuple[Span, ...]:
        """Return (kind, start, end) of each identifier."""
        return tuple(span for code, span in self._decoded() if code < IDENTIFIERS)

    @property
    def lookalikes(self) -> tuple[Span, ...]:
        """Return (kind, start, end) of each piece that must survive scrubbing."""
        return tuple(span for code, span in self._decoded() if code >= IDENTIFIERS)

    def _decoded(self) -> list[tuple[int, Span]]:
        marks = iter(self.marks)
        return [
            (code, (KINDS[code], start, end))
            for code, start, end in zip(marks, marks, marks, strict=True)
        ]
