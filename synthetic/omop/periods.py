"""Observation periods: from the first visit to the last thing that is recorded about a person.

The problem list tells of days long before anybody was seen here; that is history, not
observation (OHDSI Themis, observation periods for EHR data). A drug may be taken longer
than its owner is seen, so drugs count with their first day.
"""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.omop.events import keys
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns

FROM_EHR = 32882
Spans = tuple[Array, Array, Array]


def period_tables(loading: Loading) -> dict[str, Columns]:
    """Return one period per person who has any visit."""
    first = np.full(len(loading.number), np.iinfo(np.int64).max)
    last = np.full(len(first), np.iinfo(np.int64).min)
    for record, start, end in (_visits(loading), _after_visits(loading)):
        owner = loading.survivor[record]
        np.minimum.at(first, owner, _days(start))
        # A missing end is the least of all numbers.
        np.maximum.at(last, owner, np.maximum(_days(start), _days(end)))
    rows = np.flatnonzero((first <= last) & (loading.number >= 0))
    return {
        "observation_period": {
            "observation_period_id": keys(loading, len(rows)),
            "person_id": loading.number[rows],
            "observation_period_start_date": first[rows].astype("datetime64[D]"),
            "observation_period_end_date": last[rows].astype("datetime64[D]"),
            "period_type_concept_id": np.full(len(rows), FROM_EHR),
        }
    }


def _visits(loading: Loading) -> Spans:
    """Return visits, which hold nearly all that happens."""
    rows = loading.visits
    start = loading.history.truth.encounters.start[rows]
    return loading.history.booking.record[rows], start, loading.end[rows]


def _after_visits(loading: Loading) -> Spans:
    """Return results and notes, which may come when the visit is over."""
    results, notes = loading.history.results, loading.history.notes
    written = np.array([note.encounter for note in notes], dtype=np.int64)
    created = np.array([note.created for note in notes], dtype="datetime64[s]")
    encounter = np.r_[results.encounter, written]
    kept, time = loading.kept(encounter), np.r_[results.resulted, created]
    visit = loading.visit[encounter[kept]]
    return loading.history.booking.record[visit], time[kept], time[kept]


def _days(times: Array) -> Array:
    days: Array = times.astype("datetime64[D]").astype(np.int64)
    return days
