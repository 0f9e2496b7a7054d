"""Numbers that a site gives to contacts, accounts, episodes and logs, and who they are under."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import NOT_REAL_STAYS, Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array, stable_order
from ehrkit.synthetic.shaping import Coded
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.accounts import SpareAccounts, spare_accounts
from ehrkit.synthetic.trouble.records import Records, record_at

FIRST_CSN, FIRST_ACCOUNT, FIRST_EPISODE, FIRST_LOG = 200_000_000, 60_000_000, 9_000_000, 700_000
DX_STEP, FIRST_DX = 17, 100_000


@dataclass(frozen=True)
class Booking:
    """Keys per encounter (csn, account, episode, record) and per surgery (log, anesthesia).

    A number of -1 means that there is none. `record` is the place in `pat_ids`, which
    holds the keys of the people and then of their second records. `anesthesia` holds two
    contacts per performed surgery, the record and the event. `spare` accounts carry no
    charges. `discharge` is what the chart shows; `department` is the latest unit of a
    hospital contact.
    """

    csn: Array
    account: Array
    episode: Array
    pat_ids: Array
    record: Array
    log: Array
    anesthesia: Array
    spare: SpareAccounts
    spare_account: Array
    discharge: Array
    department: Array
    real_stay: Array

    def patient(self, encounter: Array) -> Coded:
        """Return the patient key that each encounter is booked under."""
        return Coded(self.pat_ids, self.record[encounter])


def book(truth: Truth, records: Records, streams: Streams) -> Booking:
    """Number everything in the order of time, as a chart does."""
    rng = streams.of("booking")
    encounters, surgeries = truth.encounters, truth.surgeries
    visible, hospital = ~encounters.outside, encounters.hospital()
    real_stay = hospital & ~np.isin(encounters.kind, NOT_REAL_STAYS)
    kept = real_stay & ~encounters.discharge_missing
    order = stable_order(stable_order(surgeries.date))
    done = np.repeat(surgeries.performed, 2)
    csn = _numbers(
        np.r_[encounters.start, np.repeat(surgeries.incision, 2)],
        np.r_[visible, done], FIRST_CSN, rng, streams,
    )  # fmt: skip
    spare = spare_accounts(real_stay, truth.spec, streams)
    account = _numbers(
        np.r_[encounters.start, encounters.start[spare.encounter]],
        np.r_[hospital, np.ones(len(spare), bool)], FIRST_ACCOUNT, rng, streams,
    )  # fmt: skip
    people, size = len(truth.people), len(encounters)
    old = record_at(records, encounters.person, encounters.start, people)
    record = np.where(encounters.old_record, old, encounters.person)
    # A surgery is booked under the record that its stay is booked under.
    record[truth.contact_of] = record[truth.stay_of]
    return Booking(
        csn=csn[:size],
        account=account[:size],
        episode=_numbers(encounters.start, encounters.ed_record, FIRST_EPISODE, rng, streams),
        pat_ids=np.concatenate([truth.people.pat_id, records.pat_id]),
        record=record,
        log=texts(FIRST_LOG + streams.spread(3 * order)),
        anesthesia=csn[size:].reshape(-1, 2),
        spare=spare,
        spare_account=account[size:],
        discharge=np.where(kept, encounters.end, np.datetime64("NaT", "s")),
        department=_units(truth),
        real_stay=real_stay,
    )


def _numbers(
    start: Array, mask: Array, first: int, rng: np.random.Generator, streams: Streams
) -> Array:
    """Return ascending numbers with gaps, in the order of time."""
    rows = np.flatnonzero(mask)
    rows = rows[stable_order(start[rows])]
    numbers = np.full(len(start), -1, dtype=np.int64)
    numbers[rows] = first + streams.spread(np.cumsum(rng.integers(1, 9, len(rows))))
    return numbers


def _units(truth: Truth) -> Array:
    """Return the latest unit: admitted emergency visits end on a ward."""
    encounters = truth.encounters
    unit = encounters.department.astype(np.int64).copy()
    unit[encounters.kind == Kind.EMERGENCY_ADMITTED] = catalogue().department("MEDICINE_UNIT")
    hidden = (encounters.kind == Kind.EMERGENCY) & ~encounters.class_or_department
    observed = encounters.kind == Kind.EMERGENCY_OBSERVED
    unit[hidden | observed] = catalogue().department("OBSERVATION_UNIT")
    return unit


def department_ids(position: Array) -> Array:
    """Return department keys of positions; -1 stays -1."""
    return np.where(position >= 0, 101_001 + 1000 * position.astype(np.int64), -1)


def dx_ids(concept: Array) -> Array:
    """Return diagnosis keys of catalogue positions; -1 stays -1."""
    return np.where(concept >= 0, FIRST_DX + DX_STEP * concept.astype(np.int64), -1)


def midnight(time: Array) -> Array:
    """Return the day of a time, as a time."""
    return time.astype("datetime64[D]").astype("datetime64[s]")


def texts(numbers: Array) -> Array:
    """Return numbers as text."""
    written: Array = pa.array(numbers).cast(pa.string()).to_numpy(zero_copy_only=False)
    return written
