"""All that happened to a block of patients, drawn once: every shape is a projection of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ehrkit.synthetic.booking import Booking, book
from ehrkit.synthetic.care.charges import Charges, charge
from ehrkit.synthetic.care.clinical import (
    CodedDiagnoses,
    Measures,
    Prescriptions,
    Results,
    code_diagnoses,
    conditions,
    draw_results,
    measure,
    prescribe,
)
from ehrkit.synthetic.care.procedures import Procedures, code_procedures
from ehrkit.synthetic.care.truth import Truth, make_truth
from ehrkit.synthetic.notes.draft import Note
from ehrkit.synthetic.notes.writing import write_notes
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.quirks import Records, make_records, plant


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
    charges: Charges
    notes: list[Note]


def draw_history(spec: Spec, streams: Streams) -> History:
    """Draw one block; `spec.patients` is the number of patients in it."""
    clean = make_truth(spec, streams)
    records = make_records(clean.people, spec, streams)
    truth = plant(clean, records, streams)
    chronic = conditions(truth.people, streams)
    history = History(
        streams=streams,
        truth=truth,
        records=records,
        booking=book(truth, records, streams),
        diagnoses=code_diagnoses(truth, chronic, streams),
        procedures=code_procedures(truth.surgeries, streams),
        measures=measure(truth, streams),
        results=draw_results(truth, chronic, streams),
        prescriptions=prescribe(truth, chronic, streams),
        charges=charge(truth, streams),
        notes=[],
    )
    return replace(history, notes=write_notes(history)) if spec.notes else history
