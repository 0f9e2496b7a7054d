"""Pieces of a phrase that stand for something: a slot to fill, or a look-alike as it stands."""

from __future__ import annotations

from collections.abc import Callable

from ehrkit.synthetic.notes.kinds import CODE
from ehrkit.synthetic.notes.scene import Scene

Text = Callable[[Scene], str]
PLAIN = -1


class Slot:
    """Text of a patient; `code` is its kind, or -1 where it is neither PHI nor like it."""

    __slots__ = ("code", "text")

    def __init__(self, kind: str, text: Text) -> None:
        self.code = CODE[kind] if kind else PLAIN
        self.text = text


class Marked:
    """A look-alike that a phrase holds as it stands."""

    __slots__ = ("code", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.code = CODE[kind]
        self.text = text


def pick(scene: Scene, options: int) -> int:
    """Draw a number from 0 up to `options`, not included."""
    return next(scene.numbers) % options


def of_person(column: str) -> Text:
    """Return what a column of the people holds for the patient."""
    return lambda scene: str(getattr(scene.chart.truth.people, column)[scene.person])


def of_cast(column: str) -> Text:
    """Return what a column of the cast holds for the patient."""
    return lambda scene: str(getattr(scene.chart.cast, column)[scene.person])
