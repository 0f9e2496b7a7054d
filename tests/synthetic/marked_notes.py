"""One block of patients with notes, and ways to read what is marked in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ehrkit.synthetic.history import History, draw_history
from ehrkit.synthetic.notes.cast import Cast, draw_cast
from ehrkit.synthetic.notes.dates import MONTHS
from ehrkit.synthetic.notes.draft import Note
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

SIZE, SEED = 2500, 11
MONTH_NUMBER = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}


@cache
def noted_history() -> History:
    return draw_history(Spec(SIZE, SEED), Streams(SEED))


@cache
def noted_cast() -> Cast:
    return draw_cast(noted_history().truth, noted_history().streams)


def person_of(history: History, note: Note) -> int:
    return int(history.truth.encounters.person[note.encounter])


def surgery_of(history: History, note: Note) -> int:
    return int(history.truth.encounters.surgery[note.encounter])


def told(note: Note, kind: str) -> Iterator[str]:
    """The identifiers of a kind in a note, on one line each."""
    for found, start, end in (*note.spans, *note.lookalikes):
        if found == kind:
            yield note.text[start:end].replace("\n", " ")


def without_marks(note: Note, *, spare: bool) -> str:
    """The text with identifiers (and look-alikes, if to be spared) replaced by asterisks."""
    signs = list(note.text)
    for _, start, end in (*note.spans, *(note.lookalikes if spare else ())):
        signs[start:end] = "*" * (end - start)
    return "".join(signs)


def dates_in(text: str) -> list[tuple[int, int, int | None]]:
    """Year (or None), month and day of a date in any style, found without the code under test."""
    found: list[tuple[int, int, int | None]] = []
    text = re.sub(r"^([A-Z]\w+ \d+|\d+/\d+)-([A-Z]|\d+/\d+/)", r"\1 to \2", text)
    for y, m, d in re.findall(r"(\d{4})-(\d\d)-(\d\d)", text):
        found.append((int(m), int(d), int(y)))
    if found:
        return found
    for m, d, y in re.findall(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?", text):
        found.append((int(m), int(d), int(y) % 100 + 2000 if y else None))
    for d, m, y in re.findall(
        r"(\d{1,2})(?:st|nd|rd|th)?(?: of |-| )([A-Za-z]{3,})(?:[- ](\d+))?", text
    ):
        if m[:3].lower() in MONTH_NUMBER:
            found.append((MONTH_NUMBER[m[:3].lower()], int(d), int(y) % 100 + 2000 if y else None))
    if not found:
        for m, d, y in re.findall(
            r"([A-Za-z]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?(?:, (\d{4}))?(?!\d)", text
        ):
            if m[:3].lower() in MONTH_NUMBER:
                found.append(
                    (MONTH_NUMBER[m[:3].lower()], int(d), int(y) % 100 + 2000 if y else None)
                )
    return found
