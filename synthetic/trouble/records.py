"""Second patient records: merged away, merged in a chain, or never noticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic import identifiers
from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.people.typos import misspelled
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

# The day before the extract.
LAST_MERGE = EXTRACT - CALENDAR_DAY
# Share of second records whose first or last name somebody typed wrongly; design choice.
FIRST_TYPO, LAST_TYPO = 0.5, 0.3


@dataclass(frozen=True)
class Records(Rows):
    """Patient records beside the surviving one.

    `merged` records point to another one in the merge history: `into` counts the people
    first and then these records, as `Booking.pat_ids` does; it is -1 for duplicates that
    nobody has noticed. `since` is the merge date, or the day up to which contacts were
    booked under the extra record. In a chain the record that was merged first comes after
    the one that it went into, and is older.
    """

    person: Array
    merged: Array
    into: Array
    pat_id: Array
    mrn: Array
    first: Array
    last: Array
    since: Array

    def chained(self) -> Array:
        """Return a mask of records that were merged into one that was merged away itself."""
        mask: Array = self.merged & (self.into != self.person)
        return mask


def make_records(people: People, first_contact: Array, spec: Spec, streams: Streams) -> Records:
    """Give some people a second record, with a name as somebody else typed it; some a third.

    `first_contact` is the day of the first one that the chart shows, NaT without any: nobody
    without contacts has a second record, and records are merged after the first contact.
    """
    rng = streams.of("records")
    draw = rng.random(len(people))
    share = spec.merged_records + spec.unmerged_duplicates
    seen = ~people.test & (first_contact < LAST_MERGE - CALENDAR_DAY)
    second = np.flatnonzero((draw < share) & seen)
    merged = draw[second] < spec.merged_records
    # Two days at least, so that there is one for an earlier merge in a chain.
    since = _between(first_contact[second] + CALENDAR_DAY, LAST_MERGE, rng)
    links = np.flatnonzero(merged & (rng.random(len(second)) < spec.merge_chains))
    earlier = _between(first_contact[second[links]], since[links] - CALENDAR_DAY, rng)
    person = np.r_[second, second[links]]
    # Extra identifiers continue after those of the people, so that none repeats.
    slot = identifiers.slots(streams, len(people), len(person))
    last = np.where(people.maiden[person] != "", people.maiden[person], people.last[person])
    return Records(
        person=person,
        merged=np.r_[merged, merged[links]],
        into=np.r_[np.where(merged, second, -1), len(people) + links],
        pat_id=identifiers.pat_ids(streams, slot),
        mrn=identifiers.mrns(streams, slot),
        first=misspelled(people.first[person], rng, FIRST_TYPO),
        last=misspelled(last, rng, LAST_TYPO),
        since=np.r_[since, earlier],
    )


def _between(after: Array, last: Array | np.datetime64, rng: np.random.Generator) -> Array:
    """Return a day after one and up to another for each row."""
    days = (last - after).astype(np.int64)
    day: Array = last - (rng.random(len(after)) * days).astype("timedelta64[D]")
    return day


def record_at(records: Records, person: Array, start: Array, people: int) -> Array:
    """Return the place of the extra record that a contact before its merge was booked under.

    Contacts of people without extra records, and later ones, keep the person's own place.
    """
    place = person.copy()
    for rows in (~records.chained(), records.chained()):
        which, until = np.arange(people), np.full(people, np.datetime64("NaT", "D"))
        which[records.person[rows]] = people + np.flatnonzero(rows)
        until[records.person[rows]] = records.since[rows]
        place = np.where(start < until[person], which[person], place)
    return place
