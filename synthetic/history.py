"""All that happened to a block of patients, drawn once: every shape is a projection of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ehrkit.synthetic.booking import Booking, book
from ehrkit.synthetic.care.body import ask_smoking, measure, take_vitals
from ehrkit.synthetic.care.charges import Charges, charge
from ehrkit.synthetic.care.clinical import (
    CodedDiagnoses,
    Measures,
    Prescriptions,
    Problems,
    Results,
    Scores,
    Services,
    Smoking,
    Vitals,
)
from ehrkit.synthetic.care.diagnoses import code_diagnoses
from ehrkit.synthetic.care.drugs import prescribe
from ehrkit.synthetic.care.labs import draw_results
from ehrkit.synthetic.care.problems import list_problems
from ehrkit.synthetic.care.procedures import Procedures, code_procedures
from ehrkit.synthetic.care.scores import draw_scores
from ehrkit.synthetic.care.services import record_services
from ehrkit.synthetic.care.truth import Truth, make_truth
from ehrkit.synthetic.notes.draft import Note
from ehrkit.synthetic.notes.writing import write_notes
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.plant import plant
from ehrkit.synthetic.trouble.records import Records


@dataclass(frozen=True)
class History:
    """The truth of one block of patients with trouble marked on it, and all that was recorded.

    Attributes:
        truth: people, surgeries and encounters, planted contacts included.
        records: second patient records.
        booking: the numbers that the site gave; every shape uses the same ones.
    """

    streams: Streams
    truth: Truth
    records: Records
    booking: Booking
    diagnoses: CodedDiagnoses
    procedures: Procedures
    measures: Measures
    results: Results
    prescriptions: Prescriptions
    services: Services
    scores: Scores
    vitals: Vitals
    smoking: Smoking
    problems: Problems
    charges: Charges
    notes: list[Note]


def draw_history(spec: Spec, streams: Streams) -> History:
    """Draw one block; `spec.patients` is the number of patients in it."""
    truth, records = plant(make_truth(spec, streams), streams)
    history = History(
        streams=streams,
        truth=truth,
        records=records,
        booking=book(truth, records, streams),
        diagnoses=code_diagnoses(truth, streams),
        procedures=code_procedures(truth, streams),
        measures=measure(truth, streams),
        results=draw_results(truth, streams),
        prescriptions=prescribe(truth, streams),
        services=record_services(truth, streams),
        scores=draw_scores(truth, streams),
        vitals=take_vitals(truth, streams),
        smoking=ask_smoking(truth, streams),
        problems=list_problems(truth, streams),
        charges=charge(truth, streams),
        notes=[],
    )
    return replace(history, notes=write_notes(history)) if spec.notes else history
