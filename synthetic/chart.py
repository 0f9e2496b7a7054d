"""From the truth to the rows of a chart."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ehrkit.synthetic.booking import Booking, book
from ehrkit.synthetic.charges import Charges, charge
from ehrkit.synthetic.clarity_billing import billing_tables
from ehrkit.synthetic.clarity_encounters import encounter_tables
from ehrkit.synthetic.clarity_notes import note_tables
from ehrkit.synthetic.clarity_orders import order_tables
from ehrkit.synthetic.clarity_people import people_tables
from ehrkit.synthetic.clarity_spec import build, build_category, categories, tables
from ehrkit.synthetic.clarity_surgery import surgery_tables
from ehrkit.synthetic.clinical import code_diagnoses, draw_results, measure, prescribe
from ehrkit.synthetic.notes import Note, write_notes
from ehrkit.synthetic.procedures import code_procedures
from ehrkit.synthetic.quirks import Records, make_records, plant
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.truth import Truth, make_truth


@dataclass(frozen=True)
class Chart:
    """The tables of a chart, and the truth that they were made from."""

    truth: Truth
    records: Records
    booking: Booking
    charges: Charges
    notes: list[Note]
    tables: dict[str, pa.Table]


def make_chart(spec: Spec) -> Chart:
    """Draw the truth, plant trouble, and project both onto the described tables."""
    streams = Streams(spec.seed)
    clean = make_truth(spec, streams)
    records = make_records(clean.people, spec, streams)
    truth = plant(clean, records, streams)
    booking = book(truth, records, streams)
    diagnoses = code_diagnoses(truth, streams)
    charges, notes = charge(truth, streams), write_notes(truth, streams)
    procedures = code_procedures(truth.surgeries, streams)
    columns = {
        **people_tables(truth, records, streams),
        **encounter_tables(truth, booking, measure(truth, streams), streams),
        **billing_tables(truth, booking, diagnoses, procedures, charges, streams),
        **surgery_tables(truth, booking, streams),
        **order_tables(
            truth, booking, diagnoses, draw_results(truth, streams), prescribe(truth, streams)
        ),
        **note_tables(notes, booking),
    }
    built = {name: build(name, columns[name]) for name in tables() if name not in categories()}
    built |= {name: build_category(name) for name in categories()}
    return Chart(truth, records, booking, charges, notes, built)
