"""Professional charges of Clarity: ARPB_TRANSACTIONS, and the numbers coded on outpatient surgery.

Only numbers that stand in federal rules are written: spinal fusions of the CMS TEAM model
(22551, 22554, 22612, 22630, 22633) and emergency visits (99281-99285). Other procedures have
no row here, so the table holds fewer surgeries than a real one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.booking import Booking, department_ids, dx_ids, midnight
from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.care.indications import ANTERIOR, COMBINED, INTERBODY, POSTERIOR
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Kind, SurgeryKind
from ehrkit.synthetic.clarity.providers import provider_ids
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, Rows, rank_within
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.spec import EXTRACT
from ehrkit.synthetic.staff import emergency_doctors, staff, teams
from ehrkit.synthetic.streams import Streams

FIRST_PROFESSIONAL = 700_000_000
NUMBERS = np.array(
    ["22551", "22554", "22612", "22630", "22633", "99281", "99282", "99283", "99284", "99285"],
    dtype=object,
)
FUSION = {
    (SurgeryKind.CERVICAL_FUSION, ANTERIOR): (0, 1),
    (SurgeryKind.LUMBAR_FUSION, POSTERIOR): (2, 2),
    (SurgeryKind.LUMBAR_FUSION, INTERBODY): (3, 3),
    (SurgeryKind.LUMBAR_FUSION, COMBINED): (4, 4),
}
FIRST_EMERGENCY = 5
# Levels of emergency visits; admitted ones are the upper two. Design choice.
LEVELS, ADMITTED_LEVELS = (0.02, 0.08, 0.30, 0.40, 0.20), (0.0, 0.0, 0.05, 0.35, 0.60)
MODIFIERS = np.array(["80", "82", "AS"], dtype=object)
# Dollars; design choice.
FEES = np.array([2400, 1900, 2100, 2200, 2700, 60, 110, 190, 320, 470], dtype=float)
PAID = 0.35
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Professional(Rows):
    """One row per transaction, in no order.

    `number` is a place in NUMBERS, `modifier` one in MODIFIERS or -1. `off` counts the
    days that the service date is away from the true one. Rows with a `void` day, else NaT,
    were `posted` again on that day; a payment has no number of its own.
    """

    encounter: Array
    date: Array
    number: Array
    modifier: Array
    provider: Array
    off: Array
    payment: Array
    unlinked: Array
    posted: Array
    void: Array

    def service(self) -> Array:
        """Return the service dates as the chart has them."""
        days: Array = self.date + self.off * CALENDAR_DAY
        return days

    def voided(self) -> Array:
        """Return a mask of what was voided."""
        mask: Array = ~np.isnat(self.void)
        return mask


def professional(history: History) -> Professional:
    """Return the transactions of one block that were posted by the extract.

    A void that is still to come is not there yet, and neither is what it will be replaced by.
    """
    truth, streams = history.truth, history.streams
    rng, spec = streams.of("professional"), history.truth.spec
    charges = Professional.joined(
        [_fusions(truth, streams, rng), _emergencies(truth, streams, rng)]
    )
    size = len(charges)
    charges.unlinked[:] = rng.random(size) < spec.unlinked_charges
    overnight = truth.encounters.kind[charges.encounter] == Kind.STAY
    charges.off[:] = (overnight & (rng.random(size) < spec.service_date_off)).astype(int)
    charges.posted[:] = charges.service() + rng.integers(2, 12, size)
    again = np.flatnonzero(rng.random(size) < spec.voided_charges)
    wrong = charges.take(again)
    wrong.void[:] = wrong.posted + rng.integers(3, 20, len(wrong))
    charges.posted[again] = wrong.void
    paid = charges.take(np.flatnonzero((charges.modifier < 0) & (rng.random(size) < PAID)))
    paid.payment[:] = True
    paid.posted[:] += rng.integers(20, 41, len(paid))
    rows = Professional.joined([charges, wrong, paid])
    rows.void[rows.void > EXTRACT] = NEVER
    return rows.take(np.flatnonzero(rows.posted <= EXTRACT))


def professional_tables(history: History) -> dict[str, Columns]:
    """Return the professional charges, and the numbers on accounts of outpatient surgery."""
    rows = professional(history)
    return {
        "ARPB_TRANSACTIONS": _transactions(history, rows),
        "HSP_ACCT_CPT_CODES": _coded(history.truth, history.booking, rows),
    }


def transaction_ids(rows: Professional, streams: Streams) -> Array:
    """Return the keys of the transactions."""
    return FIRST_PROFESSIONAL + streams.spread(np.arange(len(rows)))


def fusion_numbers(surgeries: Surgeries) -> Array:
    """Return the place in NUMBERS of each performed fusion, or -1."""
    place = np.full(len(surgeries), -1)
    for (kind, technique), choices in FUSION.items():
        rows = (surgeries.kind == kind) & (surgeries.technique == technique) & surgeries.performed
        place = np.where(rows, np.array(choices)[surgeries.person % 2], place)
    return place


def _fusions(truth: Truth, streams: Streams, rng: np.random.Generator) -> Professional:
    """Return the surgeon's charge of each fusion, and that of an assistant for some."""
    number = fusion_numbers(truth.surgeries)
    done = np.flatnonzero(number >= 0)
    helped = done[rng.random(len(done)) < truth.spec.assistant_charges]
    surgery = np.r_[done, helped]
    team = teams(truth.surgeries, streams)
    present = team.assistant[helped]
    helper = np.where(
        present >= 0, present, rng.choice(staff(streams).of("Assistant"), len(helped))
    )
    return _charges(
        truth.stay_of[surgery],
        truth.surgeries.date[surgery],
        number[surgery],
        np.r_[np.full(len(done), -1), rng.integers(0, len(MODIFIERS), len(helped))],
        np.r_[team.surgeon[done], helper],
    )


def _emergencies(truth: Truth, streams: Streams, rng: np.random.Generator) -> Professional:
    """Return a charge per emergency visit that was billed at all."""
    encounters = truth.encounters
    rows = np.flatnonzero(encounters.emergency() & encounters.revenue)
    admitted = encounters.kind[rows] != Kind.EMERGENCY
    draw = rng.random(len(rows))
    level = np.where(admitted, np.searchsorted(np.cumsum(ADMITTED_LEVELS), draw, side="right"),
                     np.searchsorted(np.cumsum(LEVELS), draw, side="right"))  # fmt: skip
    return _charges(
        rows,
        encounters.start[rows].astype("datetime64[D]"),
        FIRST_EMERGENCY + np.minimum(level, len(LEVELS) - 1),
        np.full(len(rows), -1),
        emergency_doctors(rows, streams),
    )


def _charges(
    encounter: Array, date: Array, number: Array, modifier: Array, provider: Array
) -> Professional:
    size = len(encounter)
    no, zero = (np.zeros(size, kind) for kind in (bool, np.int64))
    never = np.full(size, NEVER)
    return Professional(
        encounter, date, number, modifier, provider, zero, no, no.copy(), never, never.copy()
    )


def _transactions(history: History, rows: Professional) -> Columns:
    booking, truth, streams = history.booking, history.truth, history.streams
    provider = provider_ids(streams)
    fee = np.round(FEES[rows.number] * np.where(rows.modifier >= 0, 0.16, 1.0), 2)
    charge = ~rows.payment
    return {
        "TX_ID": transaction_ids(rows, streams),
        "TX_TYPE_C": Coded(np.array(["Charge", "Payment"], object), rows.payment.astype(np.int8)),
        "PATIENT_ID": booking.patient(rows.encounter),
        "PAT_ENC_CSN_ID": np.where(rows.unlinked, -1, booking.csn[rows.encounter]),
        "SERVICE_DATE": midnight(rows.service()),
        "POST_DATE": midnight(rows.posted),
        "VOID_DATE": midnight(rows.void),
        "CPT_CODE": Coded(NUMBERS, np.where(charge, rows.number, -1)),
        "MODIFIER_ONE": Coded(MODIFIERS, np.where(charge, rows.modifier, -1)),
        "MODIFIER_TWO": Coded(MODIFIERS, np.full(len(charge), -1)),
        "PROCEDURE_QUANTITY": np.where(charge, 1.0, np.nan),
        "AMOUNT": np.where(charge, fee, -np.round(fee * 0.4, 2)),
        "PRIMARY_DX_ID": dx_ids(truth.encounters.reason[rows.encounter]),
        "SERV_PROVIDER_ID": Coded(provider, rows.provider),
        "DEPARTMENT_ID": department_ids(truth.encounters.department[rows.encounter]),
        "HSP_ACCOUNT_ID": booking.account[rows.encounter],
    }


def _coded(truth: Truth, booking: Booking, rows: Professional) -> Columns:
    """Return the numbers of same-day fusions, coded once on their account."""
    day_surgery = truth.encounters.kind[rows.encounter] == Kind.OUTPATIENT_SURGERY
    once = day_surgery & (rows.modifier < 0) & ~rows.voided() & ~rows.payment
    coded = rows.take(np.flatnonzero(once))
    account = booking.account[coded.encounter]
    return {
        "HSP_ACCOUNT_ID": account,
        "LINE": rank_within(account),
        "CPT_CODE": Coded(NUMBERS, coded.number),
        "CPT_CODE_DATE": midnight(coded.date),
        "CPT_QUANTITY": np.ones(len(coded), np.int64),
    }
