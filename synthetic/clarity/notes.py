"""Note tables of Clarity; their instants are in UTC, unlike every other time."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.clock import HOUR, to_utc
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.streams import Streams

FIRST_NOTE, FIRST_REVISION = 30_000_000, 90_000_000
# Length of a piece of text; real pieces hold 1-3 kB.
PIECE = 1500


def note_ids(count: int, streams: Streams) -> Array:
    """Return note keys in the order of notes."""
    return texts(FIRST_NOTE + streams.spread(np.arange(count)))


def note_tables(history: History) -> dict[str, Columns]:
    """Return the note tables; half of the notes leave the patient blank, as Clarity does."""
    notes, booking, streams = history.notes, history.booking, history.streams
    ids = note_ids(len(notes), streams)
    encounter = np.array([note.encounter for note in notes], dtype=np.int64)
    created = to_utc(np.array([note.created for note in notes], dtype="datetime64[s]"))
    deleted = np.array([note.deleted for note in notes], dtype=bool)
    revision = FIRST_REVISION + streams.spread(5 * np.arange(len(notes)))
    blank = np.arange(len(notes)) % 2 == 0
    pieces = [split(note.text) for note in notes]
    sizes = np.array([len(piece) for piece in pieces], dtype=np.int64)
    owner = np.repeat(np.arange(len(notes)), sizes)
    line = [number for piece in pieces for number in range(1, len(piece) + 1)]
    return {
        "HNO_INFO": {
            "NOTE_ID": ids,
            "PAT_ID": Coded(booking.pat_ids, np.where(blank, -1, booking.record[encounter])),
            "PAT_ENC_CSN_ID": booking.csn[encounter],
            "IP_NOTE_TYPE_C": np.array([note.type for note in notes], dtype=object),
            "CREATE_INSTANT_DTTM": created,
            "DELETE_INSTANT_DTTM": np.where(
                deleted, created + 30 * HOUR, np.datetime64("NaT", "s")
            ),
        },
        "NOTE_ENC_INFO": {
            "CONTACT_SERIAL_NUM": revision,
            "NOTE_ID": ids,
            "NOTE_STATUS_C": np.where(deleted, "Deleted", "Signed").astype(object),
            "SPEC_NOTE_TIME_DTTM": created,
        },
        "HNO_NOTE_TEXT": {
            "NOTE_CSN_ID": revision[owner],
            "NOTE_ID": ids[owner],
            "LINE": np.array(line, dtype=np.int64),
            "NOTE_TEXT": np.array([text for piece in pieces for text in piece], dtype=object),
        },
    }


def split(text: str) -> list[str]:
    """Cut a text into pieces; joined again they give the text."""
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
