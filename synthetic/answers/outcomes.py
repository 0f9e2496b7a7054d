"""What happened in and after surgery: the clinical part of the answer key."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi
from ehrkit.synthetic.answers.tables import DAY, FLAG, NUMBER, TEXT, TIME, make_table
from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.indications import APPROACH_NAMES
from ehrkit.synthetic.care.readmissions import planned_stays, readmissions
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.vocabulary import Complication, Kind, Place, SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array


def outcome_tables(history: History) -> dict[str, pa.Table]:
    """Return surgeries, complications, readmissions, scores and emergency visits."""
    return {
        "surgeries": _surgeries(history),
        "complications": _complications(history),
        "readmissions": _readmissions(history),
        "scores": _scores(history),
        "emergency_visits": _emergency_visits(history),
    }


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
