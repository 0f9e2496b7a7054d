"""What all Millennium tables of a block need: the history, the site's codes, and the keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.core.shapes import Shape
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.cerner.codes import site_shape
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array

# A combine moves encounters to the record that stays; some are left behind. Design choice.
LEFT_BEHIND = 0.15
# What Epic books as contacts of their own, and Millennium does not.
NO_ENCOUNTER = (Kind.SURGERY_CONTACT, Kind.SYSTEM)


@dataclass(frozen=True)
class Chart:
    """One block as Millennium numbers it.

    Attributes:
        shape: the description with the codes of the site.
        person: per record, its PERSON_ID: the people, then their second records.
        record: per encounter, the place in `person` that it is booked under.
        encounter: per encounter, its ENCNTR_ID, or -1 where Millennium has none.
        left_behind: encounters that a combine should have moved, and did not.
    """

    history: History
    shape: Shape
    person: Array
    record: Array
    encounter: Array
    left_behind: Array

    def owner(self, encounter: Array) -> Array:
        """Return the PERSON_ID that each encounter is booked under."""
        owners: Array = self.person[self.record[encounter]]
        return owners


def open_chart(history: History) -> Chart:
    """Number the block."""
    booking, records, encounters = history.booking, history.records, history.truth.encounters
    people = len(history.truth.people)
    rng = history.streams.of("combines")
    merged = np.r_[np.zeros(people, bool), records.merged][booking.record]
    left_behind = merged & (rng.random(len(encounters)) < LEFT_BEHIND)
    return Chart(
        history=history,
        shape=site_shape(history.streams),
        person=np.array([int(pat_id[1:]) for pat_id in booking.pat_ids.tolist()], dtype=np.int64),
        record=np.where(merged & ~left_behind, encounters.person, booking.record),
        encounter=np.where(np.isin(encounters.kind, NO_ENCOUNTER), -1, booking.csn),
        left_behind=left_behind & (booking.csn >= 0),
    )
