"""The answer key: what is true, and every piece of trouble that was planted.

`person_id` is the surviving PAT_ID; an encounter is its contact serial number as text.
Test patients are no persons: they appear among the planted rows alone.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi
from ehrkit.synthetic.answers.outcomes import outcome_tables
from ehrkit.synthetic.answers.tables import DAY, FLAG, NUMBER, TEXT, make_table
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.clarity.notes import note_ids
from ehrkit.synthetic.devices.wearers import Wearers
from ehrkit.synthetic.history import History
from ehrkit.synthetic.notes.kinds import IDENTIFIERS, KINDS, LETTERS
from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.rows import Array


def answer_key(history: History) -> dict[str, pa.Table]:
    """Return the tables of the answer key by file name without its ending."""
    return {
        "persons": _persons(history),
        **outcome_tables(history),
        "merges": _merges(history),
        **_note_marks(history),
    }


def _persons(history: History) -> pa.Table:
    people = history.truth.people
    people = people.take(np.flatnonzero(~people.test))
    role = np.array([kind.label for kind in SurgeryKind] + [""], dtype=object)[people.role]
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, people.pat_id),
            "mrn": (TEXT, Phi.MRN, people.mrn),
            "first_name": (TEXT, Phi.NAME, people.first),
            "last_name": (TEXT, Phi.NAME, people.last),
            "maiden_name": (TEXT, Phi.NAME, people.maiden),
            "birth_date": (DAY, Phi.DATE, people.birth),
            "death_date": (DAY, Phi.DATE, people.death),
            "sex": (TEXT, Phi.QUASI, np.array(["female", "male", "unknown"], object)[people.sex]),
            "zip": (TEXT, Phi.GEOGRAPHY, people.zip),
            "household_of": (
                TEXT,
                Phi.OTHER_ID,
                np.where(
                    people.relative_of >= 0, history.truth.people.pat_id[people.relative_of], ""
                ),
            ),
            "first_surgery": (TEXT, Phi.NONE, role),
        }
    )


def _merges(history: History) -> pa.Table:
    records, people = history.records, history.truth.people
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, people.pat_id[records.person]),
            "old_pat_id": (TEXT, Phi.OTHER_ID, records.pat_id),
            "into_pat_id": (
                TEXT,
                Phi.OTHER_ID,
                np.where(records.into >= 0, history.booking.pat_ids[records.into], ""),
            ),
            "merged": (FLAG, Phi.NONE, records.merged),
            "since": (DAY, Phi.DATE, records.since),
        }
    )


def _note_marks(history: History) -> dict[str, pa.Table]:
    """Return the identifiers of the notes, and what looks like one and must survive."""
    notes = history.notes
    marks = np.array([number for note in notes for number in note.marks], np.int64).reshape(-1, 3)
    owner = np.repeat(np.arange(len(notes)), [len(note.marks) // 3 for note in notes])
    ids = note_ids(len(notes), history.streams)[owner]
    hidden = marks[:, 0] < IDENTIFIERS
    spans = _marked(ids[hidden], marks[hidden])
    spans["hipaa"] = (TEXT, Phi.NONE, LETTERS[marks[hidden, 0]])
    return {
        "note_spans": make_table(spans),
        "note_lookalikes": make_table(_marked(ids[~hidden], marks[~hidden])),
    }


def _marked(ids: Array, marks: Array) -> dict[str, tuple[pa.DataType, Phi, Array]]:
    return {
        "note_id": (TEXT, Phi.OTHER_ID, ids),
        "kind": (TEXT, Phi.NONE, np.array(KINDS, dtype=object)[marks[:, 0]]),
        "start": (NUMBER, Phi.NONE, marks[:, 1]),
        "end": (NUMBER, Phi.NONE, marks[:, 2]),
    }


def planted_table(found: Planted) -> pa.Table:
    """Return one row per planted row of the charts, sorted by kind and table."""
    found = sorted(found, key=lambda entry: entry[:2])
    owner = np.repeat(np.arange(len(found)), [len(keys) for *_, keys in found])
    kinds, tables = (np.array([entry[n] for entry in found], dtype=object) for n in (0, 1))
    return make_table(
        {
            "kind": (TEXT, Phi.NONE, kinds[owner]),
            "table": (TEXT, Phi.NONE, tables[owner]),
            "key": (TEXT, Phi.OTHER_ID, np.concatenate([keys for *_, keys in found])),
        }
    )


def links(history: History, wearers: Wearers) -> pa.Table:
    """Return who is behind each device user that is a patient; a loan names nobody."""
    linked = wearers.take((wearers.person >= 0) & (wearers.lender < 0))
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, history.truth.people.pat_id[linked.person]),
            "device_user_id": (TEXT, Phi.DEVICE, linked.device_user_id),
        }
    )
