"""Write the notes around surgery: which contacts get one, and what each is made of."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from ehrkit.synthetic.care.clinical import seen
from ehrkit.synthetic.care.encounters import HOUR
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import EMERGENCY_KINDS, Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.chart import read_chart
from ehrkit.synthetic.notes.draft import Draft, Fragment, Note
from ehrkit.synthetic.notes.phrases import Template, speak, template
from ehrkit.synthetic.notes.scene import Scene, endless
from ehrkit.synthetic.notes.wrapping import wrapped
from ehrkit.synthetic.rows import Array

if TYPE_CHECKING:
    from ehrkit.synthetic.history import History

# Template and name in ZC_NOTE_TYPE_IP by kind of contact, and the share of contacts with
# a note; design choice: most visits after surgery are left to forms.
EMERGENCY = ("emergency", "ED Provider Notes", 0.9)
TEMPLATES: dict[int, tuple[str, str, float]] = {
    Kind.SURGERY_CONTACT: ("operative", "Op Note", 0.8),
    Kind.STAY: ("discharge", "Discharge Summary", 0.8),
    Kind.CONSULT: ("consult", "Progress Notes", 0.8),
    Kind.OFFICE: ("visit", "Progress Notes", 0.3),
    Kind.TELEPHONE: ("telephone", "Telephone Encounter", 0.5),
    **dict.fromkeys(EMERGENCY_KINDS, EMERGENCY),
}
# The section of a consult that later notes copy, and the one of theirs that holds the copy.
HISTORY_SECTION, COPY_SECTION = "history", "copied"
# Shares of notes that a transcription system broke into lines of so many characters.
WIDTHS = (0, 0, 0, 72, 80, 96)


def write_notes(history: History) -> list[Note]:
    """Return the notes of a block in the order of their encounters."""
    rng = history.streams.of("notes")
    rows = _noted(history.truth, rng)
    if not len(rows):
        return []
    scene = Scene(read_chart(history, rows), endless(rng))
    deleted = rng.random(len(rows)) < history.truth.spec.deleted_notes
    created = _created(history.truth, rows)
    told: dict[int, Fragment] = {}
    notes: list[Note | None] = [None] * len(rows)
    # In the order of time: a note can copy what an earlier one said.
    for place in np.argsort(history.truth.encounters.start[rows], kind="stable").tolist():
        scene.turn_to(place)
        name, type_, _ = TEMPLATES[int(history.truth.encounters.kind[scene.row])]
        text, marks = _write(template(name), scene, told)
        notes[place] = Note(scene.row, type_, created[place], bool(deleted[place]), text, marks)
    return [note for note in notes if note]


def _noted(truth: Truth, rng: np.random.Generator) -> Array:
    """Return the rows of encounters that get a note."""
    encounters = truth.encounters
    shares = np.zeros(max(Kind) + 1)
    for kind, (_, _, share) in TEMPLATES.items():
        shares[kind] = share
    wanted = rng.random(len(encounters)) < shares[encounters.kind]
    wanted &= (encounters.surgery >= 0) & (encounters.service < 0) & seen(truth)
    wanted &= encounters.department != catalogue().department("PREOP_CLINIC")
    # Somebody still in hospital has no discharge summary yet.
    wanted &= (encounters.kind != Kind.STAY) | ~np.isnat(encounters.end)
    return np.flatnonzero(wanted)


def _created(truth: Truth, rows: Array) -> Array:
    """Return the local time of each note: a little after the contact, or its emergency part."""
    start, end, departure = (
        getattr(truth.encounters, name)[rows] for name in ("start", "end", "ed_departure")
    )
    until = np.where(np.isnat(departure), end, departure)
    created: Array = np.where(np.isnat(until), start, until) + HOUR // 3
    return created


def _write(parts: Template, scene: Scene, told: dict[int, Fragment]) -> tuple[str, array[int]]:
    """Write one note and remember its history of the illness for later notes."""
    draft = Draft()
    for section, group in parts.sections:
        if section == COPY_SECTION and scene.surgery not in told:
            continue
        place = len(draft.parts)
        speak(draft, group.draw(scene), scene)
        if section == HISTORY_SECTION:
            told[scene.surgery] = draft.since(place)
        elif section == COPY_SECTION and len(draft.parts) > place:
            draft.paste(told[scene.surgery])
    text, marks = draft.finish()
    return wrapped(text, WIDTHS[next(scene.numbers) % len(WIDTHS)]), marks
