"""The answer key: what is true, and every piece of trouble that was planted.

`person_id` is the surviving PAT_ID; an encounter is its contact serial number as text.
Test patients are no persons: they appear among the planted rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.indications import APPROACH_NAMES
from ehrkit.synthetic.care.readmissions import planned_stays, readmissions
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.vocabulary import Complication, Kind, Place, SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.notes import note_ids
from ehrkit.synthetic.devices.wearers import Wearers
from ehrkit.synthetic.history import History
from ehrkit.synthetic.notes.kinds import IDENTIFIERS, KINDS, LETTERS
from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.rows import Array

TEXT, TIME, DAY, FLAG, NUMBER = pa.string(), pa.timestamp("us"), pa.date32(), pa.bool_(), pa.int64()
Described = Mapping[str, tuple[pa.DataType, Phi, Array]]


def answer_key(history: History) -> dict[str, pa.Table]:
    """Return the tables of the answer key by file name without its ending."""
    return {
        "persons": _persons(history),
        "surgeries": _surgeries(history),
        "complications": _complications(history),
        "readmissions": _readmissions(history),
        "scores": _scores(history),
        "emergency_visits": _emergency_visits(history),
        "merges": _merges(history),
        **_note_marks(history),
    }


def make_table(columns: Described) -> pa.Table:
    """Return a tagged table; empty texts, NaT and integers below 0 become null."""
    fields = [field(name, type_, phi) for name, (type_, phi, _) in columns.items()]
    arrays = [_array(type_, values) for type_, _, values in columns.values()]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _array(type_: pa.DataType, values: Array) -> pa.Array:
    if type_ == TEXT:
        return pa.array(values, TEXT, mask=values == "")
    if type_ == TIME:
        return pa.array(values.astype("datetime64[us]"), TIME)
    if type_ == DAY:
        return pa.array(values.astype("datetime64[D]"), DAY)
    return pa.array(values, type_, mask=values < 0 if type_ == NUMBER else None)


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


def _surgeries(history: History) -> pa.Table:
    truth, booking = history.truth, history.booking
    rows = np.flatnonzero(~truth.people.test[truth.surgeries.person])
    surgeries, stay = truth.surgeries.take(rows), truth.stay_of[rows]
    labels = np.array([kind.label for kind in SurgeryKind], dtype=object)
    codes = np.array(catalogue().diagnoses.codes, dtype=object)
    follows = np.where(surgeries.follows >= 0, booking.log[surgeries.follows], "")
    redone = np.where(surgeries.redone_by >= 0, booking.log[surgeries.redone_by], "")
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, truth.people.pat_id[surgeries.person]),
            "encounter_id": (TEXT, Phi.OTHER_ID, texts(booking.csn[stay])),
            "log_id": (TEXT, Phi.OTHER_ID, booking.log[rows]),
            "procedure_date": (DAY, Phi.DATE, surgeries.date),
            "kind": (TEXT, Phi.NONE, labels[surgeries.kind]),
            "levels": (NUMBER, Phi.NONE, surgeries.levels),
            "performed": (FLAG, Phi.NONE, surgeries.performed),
            "redone_as_log_id": (TEXT, Phi.OTHER_ID, redone),
            "follows_log_id": (TEXT, Phi.OTHER_ID, follows),
            "same_stay": (FLAG, Phi.NONE, surgeries.same_stay),
            "indication": (TEXT, Phi.NONE, codes[surgeries.indication]),
            "approach": (TEXT, Phi.NONE, _approaches(surgeries)),
            "drg": (TEXT, Phi.NONE, surgeries.drg),
            "admitted": (TIME, Phi.DATE, truth.encounters.start[stay]),
            "discharged": (
                TIME,
                Phi.DATE,
                np.where(
                    surgeries.performed, truth.encounters.end[stay], np.datetime64("NaT", "s")
                ),
            ),
        }
    )


def _approaches(surgeries: Surgeries) -> Array:
    """Return the approach of each fusion of the spine, empty for other surgeries."""
    names = np.array([*APPROACH_NAMES, ""], dtype=object)
    fusion = np.isin(surgeries.kind, (SurgeryKind.LUMBAR_FUSION, SurgeryKind.CERVICAL_FUSION))
    return names[np.where(fusion, surgeries.technique, -1)]


def _complications(history: History) -> pa.Table:
    """Return what went wrong, with the encounter at which it was treated."""
    truth, booking = history.truth, history.booking
    found = truth.complications
    person = truth.surgeries.person[found.surgery]
    found = found.take(~truth.people.test[person])
    person = truth.surgeries.person[found.surgery]
    kinds, places = (np.array([v.label for v in e], dtype=object) for e in (Complication, Place))
    date = truth.encounters.start[found.encounter].astype("datetime64[D]")
    date = np.where(found.place == Place.STAY, truth.surgeries.date[found.surgery], date)
    ids = np.where(booking.csn[found.encounter] >= 0, texts(booking.csn[found.encounter]), "")
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, truth.people.pat_id[person]),
            "log_id": (TEXT, Phi.OTHER_ID, booking.log[found.surgery]),
            "kind": (TEXT, Phi.NONE, kinds[found.kind]),
            "treated": (TEXT, Phi.NONE, places[found.place]),
            "date": (DAY, Phi.DATE, date),
            "encounter_id": (TEXT, Phi.OTHER_ID, ids),
        }
    )


def _readmissions(history: History) -> pa.Table:
    """Return each pair of a spine surgery and an inpatient stay in the year after discharge."""
    truth, booking = history.truth, history.booking
    surgery, stay = readmissions(truth)
    surgeries, encounters = truth.surgeries, truth.encounters
    person, start = surgeries.person[surgery], encounters.start[stay]
    home = surgeries.discharge[surgery].astype("datetime64[D]")
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, truth.people.pat_id[person]),
            "log_id": (TEXT, Phi.OTHER_ID, booking.log[surgery]),
            "encounter_id": (
                TEXT,
                Phi.OTHER_ID,
                np.where(booking.csn[stay] >= 0, texts(booking.csn[stay]), ""),
            ),
            "admitted": (TIME, Phi.DATE, start),
            "days": (NUMBER, Phi.NONE, (start.astype("datetime64[D]") - home).astype(np.int64)),
            "planned": (FLAG, Phi.NONE, planned_stays(truth)[stay]),
            "emergency": (FLAG, Phi.NONE, encounters.emergency()[stay]),
            "visible": (FLAG, Phi.NONE, ~encounters.outside[stay]),
        }
    )


def _scores(history: History) -> pa.Table:
    """Return what patients reported, by name of the instrument."""
    truth, booking, scores = history.truth, history.booking, history.scores
    person = truth.encounters.person[scores.encounter]
    scores = scores.take(~truth.people.test[person])
    person = truth.encounters.person[scores.encounter]
    names = np.array(list(catalogue().instruments), dtype=object)
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, truth.people.pat_id[person]),
            "encounter_id": (TEXT, Phi.OTHER_ID, texts(booking.csn[scores.encounter])),
            "instrument": (TEXT, Phi.NONE, names[scores.instrument]),
            "date": (DAY, Phi.DATE, scores.time),
            "value": (pa.float64(), Phi.NONE, scores.value),
        }
    )


def _emergency_visits(history: History) -> pa.Table:
    """Return every true emergency visit; those elsewhere have no encounter and no signal."""
    truth, booking = history.truth, history.booking
    visits = truth.encounters
    rows = np.flatnonzero(visits.emergency() & ~truth.people.test[visits.person])
    rows = rows[np.lexsort((visits.start[rows], visits.person[rows]))]
    ids = np.where(booking.csn[rows] >= 0, texts(booking.csn[rows]), "")
    signals = ("ed_record", "base_class", "class_or_department", "revenue")
    seen = np.logical_or.reduce([getattr(visits, name)[rows] for name in signals])
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, truth.people.pat_id[visits.person[rows]]),
            "encounter_id": (TEXT, Phi.OTHER_ID, ids),
            "arrival": (TIME, Phi.DATE, visits.start[rows]),
            "departure": (TIME, Phi.DATE, visits.ed_departure[rows]),
            "admitted": (FLAG, Phi.NONE, visits.kind[rows] == Kind.EMERGENCY_ADMITTED),
            **{name: (FLAG, Phi.NONE, getattr(visits, name)[rows]) for name in signals},
            "visible": (FLAG, Phi.NONE, seen),
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
