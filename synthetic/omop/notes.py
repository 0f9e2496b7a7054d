"""Notes that were not deleted."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.clarity.notes import FIRST_NOTE
from ehrkit.synthetic.omop.concepts import UNKNOWN, concepts, documents
from ehrkit.synthetic.omop.events import at_visit, moment
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.shaping import Columns

EHR_NOTE, ENGLISH = 32831, 4180186


def note_tables(loading: Loading) -> dict[str, Columns]:
    """Return the notes of one block, under the numbers that they have in every shape."""
    history = loading.history
    number = FIRST_NOTE + history.streams.spread(np.arange(len(history.notes)))
    written = np.array([note.encounter for note in history.notes], dtype=np.int64)
    standing = np.array([not note.deleted for note in history.notes], dtype=bool)
    rows = np.flatnonzero(standing & (loading.visit[written] >= 0))
    notes = [history.notes[row] for row in rows.tolist()]
    kind = np.array([note.type for note in notes], dtype=object)
    classes = {name: concepts().number("LOINC", code) for name, code in documents().items()}
    return {
        "note": {
            "note_id": number[rows],
            **at_visit(loading, written[rows]),
            **moment("note", np.array([note.created for note in notes], dtype="datetime64[s]")),
            "note_type_concept_id": np.full(len(rows), EHR_NOTE),
            "note_class_concept_id": np.array(
                [classes.get(name, UNKNOWN) for name in kind.tolist()], dtype=np.int64
            ),
            "note_title": kind,
            "note_text": np.array([note.text for note in notes], dtype=object),
            "encoding_concept_id": np.zeros(len(rows), np.int64),
            "language_concept_id": np.full(len(rows), ENGLISH),
            "note_source_value": kind,
        }
    }
