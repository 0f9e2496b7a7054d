"""Facility charges of hospital contacts, with reversals and postings that were a mistake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.encounters import DAY
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS, NOT_REAL_STAYS, Kind
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

# Part of emergency visits that carry the professional revenue code beside the room charge.
PROFESSIONAL = 0.3


@dataclass(frozen=True)
class Charges(Rows):
    """One row per posting: its revenue code, and the row that it `reverses`, or -1.

    `mistaken` marks an emergency charge on a contact that was no emergency visit; its
    reversal follows it. Amounts are in dollars.
    """

    encounter: Array
    revenue: Array
    date: Array
    quantity: Array
    amount: Array
    reverses: Array
    mistaken: Array


def charge(truth: Truth, streams: Streams) -> Charges:
    """Return the postings; reversals come last."""
    rng = streams.of("charges")
    encounters = truth.encounters
    real = encounters.hospital() & ~np.isin(encounters.kind, NOT_REAL_STAYS)
    inpatient = real & np.isin(encounters.kind, INPATIENT_KINDS)
    surgical = real & np.isin(encounters.kind, (Kind.STAY, Kind.OUTPATIENT_SURGERY))
    emergency = real & encounters.revenue
    until = np.where(np.isnat(encounters.end), encounters.start + DAY, encounters.end)
    first, last = (time.astype("datetime64[D]") for time in (encounters.start, until))
    # A room is charged by midnights, and one day at least.
    nights = np.maximum((last - first).astype(int), 1)
    mistaken = surgical & (rng.random(len(encounters)) < truth.spec.reversed_emergency_charges)
    observed = real & (encounters.kind == Kind.EMERGENCY_OBSERVED)
    parts = [
        _post(truth, inpatient, "0120", 2400, rng, nights.astype(float)),
        _post(truth, real, "0250", 310, rng),
        _post(truth, real, "0300", 180, rng),
        _post(truth, surgical, "0360", 21000, rng),
        _post(truth, surgical, "0278", 9500, rng),
        _post(truth, surgical, "0710", 1500, rng),
        _post(truth, observed, "0762", 1900, rng),
        _post(truth, emergency, "0450", 1700, rng),
        _post(truth, emergency & (rng.random(len(encounters)) < PROFESSIONAL), "0981", 420, rng),
        _post(truth, mistaken, "0450", 1700, rng, mistaken=True),
    ]
    posted = Charges.joined(parts)
    return Charges.joined([posted, _reversals(posted, truth.spec.reversed_charges, rng)])


def _post(
    truth: Truth,
    mask: Array,
    revenue: str,
    dollars: float,
    rng: np.random.Generator,
    quantity: Array | None = None,
    *,
    mistaken: bool = False,
) -> Charges:
    rows = np.flatnonzero(mask)
    units = np.ones(len(rows)) if quantity is None else quantity[rows]
    amount = np.round(dollars * units * rng.lognormal(0, 0.4, len(rows)), 2)
    return Charges(
        rows,
        np.full(len(rows), int(revenue)),
        truth.encounters.start[rows].astype("datetime64[D]"),
        units,
        amount,
        np.full(len(rows), -1),
        np.full(len(rows), mistaken),
    )


def _reversals(posted: Charges, share: float, rng: np.random.Generator) -> Charges:
    """Return the reversals: of every mistake, and of charges that were then posted again.

    A reversed charge that was right comes with its correction, so that its account
    nets to one charge.
    """
    right = np.flatnonzero(~posted.mistaken & (rng.random(len(posted)) < share))
    taken = np.r_[np.flatnonzero(posted.mistaken), right]
    back = posted.take(taken)
    reversal = Charges(
        back.encounter, back.revenue, back.date, -back.quantity, -back.amount, taken, back.mistaken
    )
    return Charges.joined([reversal, posted.take(right)])
