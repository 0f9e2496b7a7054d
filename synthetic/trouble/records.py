"""Second patient records: merged away, merged in a chain, or never noticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic import identifiers
from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.people.typos import misspelled
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import CHART_START, Spec
from ehrkit.synthetic.streams import Streams

LAST_MERGE = np.datetime64("2025-12-31")
# From the start of the chart, so that an extra record has contacts; design choice.
FIRST_MERGE = np.timedelta64(700, "D")
# Share of second records whose first or last name somebody typed wrongly; design choice.
FIRST_TYPO, LAST_TYPO = 0.5, 0.3


@dataclass(frozen=True)
class Records(Rows):
    """Patient records beside the surviving one.

    `merged` records point to another one in the merge history: `into` counts the people
    first and then these records, as `Booking.pat_ids` does; it is -1 for duplicates that
    nobody has noticed. `since` is the merge date, or the day up to which contacts were
    booked under the extra record. It lies after birth; it may lie after death, since duplicates
    are looked for in old records too. In a chain the record that was merged first comes after
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


def make_records(people: People, spec: Spec, streams: Streams) -> Records:
    """Give some people a second record, with a name as somebody else typed it; some a third."""
    rng = streams.of("records")
    draw = rng.random(len(people))
    share = spec.merged_records + spec.unmerged_duplicates
    # A chain takes two days after birth, one for each of its merges.
    first_day = np.maximum(CHART_START + FIRST_MERGE, people.birth + 2 * CALENDAR_DAY)
    second = np.flatnonzero((draw < share) & ~people.test & (first_day < LAST_MERGE))
    merged = draw[second] < spec.merged_records
    days = (LAST_MERGE - first_day[second]).astype(int)
    since = first_day[second] + rng.integers(0, days)
    links = np.flatnonzero(merged & (rng.random(len(second)) < spec.merge_chains))
    earlier = since[links] - rng.integers(100, 600, len(links))
    earlier = np.maximum(earlier, people.birth[second[links]] + CALENDAR_DAY)
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
