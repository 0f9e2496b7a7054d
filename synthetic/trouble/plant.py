"""Planted trouble: what goes wrong between the truth and a chart, each piece remembered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ehrkit.synthetic.care.encounters import Encounters
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import NOT_REAL_STAYS
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT, Spec
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.clock import plant_clock
from ehrkit.synthetic.trouble.contacts import phantoms, system_contacts
from ehrkit.synthetic.trouble.records import Records, make_records, record_at

# Share of contacts before a merge that stay under the old record; design choice.
LEFT_BEHIND = 0.7
# Days from a service to the posting of its charge, at most; design choice.
SLOWEST_POSTING = np.timedelta64(5, "D")
SIGNALS = ("ed_record", "base_class", "class_or_department", "revenue")


def plant(truth: Truth, streams: Streams) -> tuple[Truth, Records]:
    """Return the truth with trouble marked on its encounters, and second patient records.

    Contacts that were no visits are among the encounters.
    """
    rng = streams.of("quirks")
    extra = [phantoms(truth, rng), system_contacts(truth, rng)]
    encounters = Encounters.joined([truth.encounters, *extra])
    plant_clock(encounters, truth.people, truth.spec, streams.of("clock"))
    _hide_signals(encounters, truth.spec, rng)
    _lose_discharges(encounters, truth.spec, rng)
    first = _first_contacts(encounters, len(truth.people))
    records = make_records(truth.people, first, truth.spec, streams)
    _book_under_old_records(encounters, records, len(truth.people), rng)
    return replace(truth, encounters=encounters), records


def _first_contacts(encounters: Encounters, people: int) -> Array:
    """Return the day of the first contact of each person that the chart shows, or NaT."""
    shown = np.flatnonzero(~encounters.outside)
    first = np.full(people, np.datetime64("NaT", "D"))
    day = encounters.start[shown].astype("datetime64[D]")
    np.fmin.at(first, encounters.person[shown], day)
    return first


def _hide_signals(encounters: Encounters, spec: Spec, rng: np.random.Generator) -> None:
    """Take away traces of emergency visits: the derived table, or all but one signal.

    The charges of the last visits are on their way when the extract is taken.
    """
    encounters.revenue[encounters.start.astype("datetime64[D]") + SLOWEST_POSTING > EXTRACT] = False
    rows = np.flatnonzero(encounters.emergency() & ~encounters.outside)
    draw = rng.random(len(rows))
    encounters.ed_record[rows[draw < spec.ed_record_missing]] = False
    draw = draw - spec.ed_record_missing
    for signal in ("ed_record", "base_class", "revenue"):
        left = getattr(encounters, signal)[rows]
        only = rows[(draw >= 0) & (draw < spec.single_signal) & left]
        for other in SIGNALS:
            getattr(encounters, other)[only] = other == signal
        draw = draw - spec.single_signal


def _lose_discharges(encounters: Encounters, spec: Spec, rng: np.random.Generator) -> None:
    real = encounters.hospital() & ~np.isin(encounters.kind, NOT_REAL_STAYS)
    lost = real & (rng.random(len(encounters)) < spec.missing_discharge)
    encounters.discharge_missing[:] = lost & ~np.isnat(encounters.end)


def _book_under_old_records(
    encounters: Encounters, records: Records, people: int, rng: np.random.Generator
) -> None:
    """Leave most contacts before a merge under the record that was merged away."""
    early = record_at(records, encounters.person, encounters.start, people) >= people
    encounters.old_record[:] = early & (rng.random(len(encounters)) < LEFT_BEHIND)
