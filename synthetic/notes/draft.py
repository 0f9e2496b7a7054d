"""A note in the making, and a finished one; both know the exact place of every mark."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from ehrkit.synthetic.notes.kinds import CODE, IDENTIFIERS, KINDS

Span = tuple[str, int, int]
# Marks are kept in 16 bits.
LONGEST = 65_535


@dataclass(frozen=True)
class Fragment:
    """A passage of a draft that a later note may copy, its marks included."""

    parts: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]


class Draft:
    """Pieces of text in order; a marked piece is an identifier or a look-alike."""

    __slots__ = ("marks", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.marks: list[tuple[int, int]] = []

    def say(self, text: str) -> None:
        """Append text that needs no mark."""
        self.parts.append(text)

    def mark(self, kind: str, text: str) -> None:
        """Append an identifier or a look-alike; empty text leaves no mark."""
        if text:
            self.marks.append((CODE[kind], len(self.parts)))
            self.parts.append(text)

    def since(self, place: int) -> Fragment:
        """Return what was written since the draft had `place` pieces."""
        marks = ((code, at - place) for code, at in self.marks if at >= place)
        return Fragment(tuple(self.parts[place:]), tuple(marks))

    def paste(self, fragment: Fragment) -> None:
        """Append a passage of another draft."""
        place = len(self.parts)
        self.marks += [(code, at + place) for code, at in fragment.marks]
        self.parts += fragment.parts

    def finish(self) -> tuple[str, array[int]]:
        """Return the text and its marks: kind code, start, end of each, in order of place.

        Raises:
            ValueError: the text is longer than a mark can tell.
        """
        ends = list(accumulate(map(len, self.parts), initial=0))
        if ends[-1] > LONGEST:
            raise ValueError("a note is longer than 65,535 characters")
        flat = [number for code, at in self.marks for number in (code, ends[at], ends[at + 1])]
        return "".join(self.parts), array("H", flat)


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
