"""Planted trouble: what goes wrong between the truth and a chart, each piece remembered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic import identifiers
from ehrkit.synthetic.care.encounters import CALENDAR_DAY, HOUR, Encounters, new_encounters
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS, NOT_REAL_STAYS, Kind, Status
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.people.typos import misspelled
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

LAST_MERGE = np.datetime64("2025-12-31")


@dataclass(frozen=True)
class Records(Rows):
    """Patient records beside the surviving one.

    `merged` records point to their survivor in the merge history; the others are
    duplicates that nobody has noticed. `since` is the merge date, or the day up to
    which contacts were booked under the extra record.
    """

    person: Array
    merged: Array
    pat_id: Array
    mrn: Array
    first: Array
    last: Array
    since: Array


def make_records(people: People, spec: Spec, streams: Streams) -> Records:
    """Give some people a second record, with a name as somebody else typed it."""
    rng = streams.of("records")
    draw = rng.random(len(people))
    share = spec.merged_records + spec.unmerged_duplicates
    person = np.flatnonzero((draw < share) & ~people.test)
    size = len(person)
    # Extra identifiers continue after those of the people, so that none repeats.
    slot = identifiers.slots(streams, len(people), size)
    last = np.where(people.maiden[person] != "", people.maiden[person], people.last[person])
    return Records(
        person=person,
        merged=draw[person] < spec.merged_records,
        pat_id=identifiers.pat_ids(streams, slot),
        mrn=identifiers.mrns(streams, slot),
        first=misspelled(people.first[person], rng, 0.5),
        last=misspelled(last, rng, 0.3),
        since=CHART_START + rng.integers(700, int((LAST_MERGE - CHART_START).astype(int)), size),
    )


def plant(truth: Truth, records: Records, streams: Streams) -> Truth:
    """Return the truth with trouble marked on its encounters, and contacts that were no visits."""
    rng = streams.of("quirks")
    planned = truth.encounters
    extra = [_phantoms(truth, rng), _system_contacts(truth, rng)]
    encounters = Encounters.joined([planned, *extra])
    _hide_signals(encounters, truth.spec, rng)
    _lose_discharges(encounters, truth.spec, rng)
    _book_under_old_records(encounters, records, rng)
    return replace(truth, encounters=encounters)


def _phantoms(truth: Truth, rng: np.random.Generator) -> Encounters:
    """Return preadmissions that never arrived and admissions that were cancelled."""
    real = np.flatnonzero(np.isin(truth.encounters.kind, INPATIENT_KINDS))
    parts = []
    for kind, share in zip(NOT_REAL_STAYS, _phantom_shares(truth.spec), strict=True):
        rows = real[rng.random(len(real)) < share]
        start = truth.encounters.start[rows] - rng.integers(5 * 24, 40 * 24, len(rows)) * HOUR
        born = truth.people.birth[truth.encounters.person[rows]]
        rows, start = rows[start > born], start[start > born]
        parts.append(
            new_encounters(
                truth.encounters.person[rows],
                kind,
                start,
                start + 6 * HOUR,
                department=truth.encounters.department[rows],
                status=Status.CANCELED,
            )
        )
    return Encounters.joined(parts)


def _phantom_shares(spec: Spec) -> tuple[float, float]:
    return spec.preadmissions, spec.cancelled_admissions


def _system_contacts(truth: Truth, rng: np.random.Generator) -> Encounters:
    """Return contacts that an interface wrote on the 25th of a month, without a department."""
    size = int(len(truth.encounters) * truth.spec.system_contacts)
    person = rng.integers(0, len(truth.people), size)
    month = rng.integers(0, 120, size).astype("timedelta64[M]")
    day = (CHART_START.astype("datetime64[M]") + month).astype("datetime64[D]") + 24 * CALENDAR_DAY
    alive = np.isnat(truth.people.death[person]) | (day < truth.people.death[person])
    possible = alive & (day > truth.people.birth[person]) & (day < EXTRACT)
    person, start = person[possible], day[possible].astype("datetime64[s]")
    return new_encounters(person, Kind.SYSTEM, start, start, status=Status.NONE)


def _hide_signals(encounters: Encounters, spec: Spec, rng: np.random.Generator) -> None:
    """Take away traces of emergency visits: the derived table, or all but one signal."""
    rows = np.flatnonzero(encounters.emergency() & ~encounters.outside)
    draw = rng.random(len(rows))
    encounters.ed_record[rows[draw < spec.ed_record_missing]] = False
    draw = draw - spec.ed_record_missing
    for signal in ("ed_record", "base_class", "revenue"):
        only = rows[(draw >= 0) & (draw < spec.single_signal)]
        for other in ("ed_record", "base_class", "class_or_department", "revenue"):
            getattr(encounters, other)[only] = other == signal
        draw = draw - spec.single_signal


def _lose_discharges(encounters: Encounters, spec: Spec, rng: np.random.Generator) -> None:
    real = encounters.hospital() & ~np.isin(encounters.kind, NOT_REAL_STAYS)
    lost = real & (rng.random(len(encounters)) < spec.missing_discharge)
    encounters.discharge_missing[:] = lost & ~np.isnat(encounters.end)


def _book_under_old_records(
    encounters: Encounters, records: Records, rng: np.random.Generator
) -> None:
    """Leave most contacts before a merge under the record that was merged away."""
    since = np.full(int(encounters.person.max(initial=0)) + 1, np.datetime64("NaT", "D"))
    inside = records.person < len(since)
    since[records.person[inside]] = records.since[inside]
    early = encounters.start < since[encounters.person]
    encounters.old_record[:] = early & (rng.random(len(encounters)) < 0.7)
