"""The rows of Clarity tables that are wrong on purpose, by kind of trouble."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ehrkit.core.shapes import shape
from ehrkit.synthetic.booking import dx_ids, texts
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.billing import FIRST_TX
from ehrkit.synthetic.clarity.notes import note_ids
from ehrkit.synthetic.clarity.orders import NOT_NUMERIC
from ehrkit.synthetic.clarity.people import (
    conflicting_status,
    known_death,
    placeholder_ssn,
    stale_address,
    suffix_in_last_name,
)
from ehrkit.synthetic.history import History
from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.trouble.clock import backwards, over_autumn, over_midnight, over_spring

# ICD-10-CM codes of October 2024 that older contacts read as today (six characters).
SUPERSEDED = ("M51.360",)
Tables = Mapping[str, pa.Table]


def planted_rows(history: History, tables: Tables) -> Planted:
    """Return what was planted in the Clarity tables of one block."""
    found = [*_people(history), *_encounters(history), *_rows(history, tables)]
    return found + _site() if history.streams.block == 0 else found


def _site() -> Planted:
    """Return what is planted in the lists of the site, which no block holds."""
    codes = np.array(catalogue().diagnoses.codes)
    superseded = dx_ids(np.flatnonzero(np.isin(codes, SUPERSEDED)))
    return [("superseded-code", "CLARITY_EDG", texts(superseded))]


def _people(history: History) -> Planted:
    truth, records = history.truth, history.records
    people, booking, streams = truth.people, history.booking, history.streams
    unknown = ~np.isnat(people.death) & np.isnat(known_death(truth))
    booked_old = (booking.record >= len(people)) & (booking.csn >= 0)
    return [
        ("test-patient", "PATIENT", people.pat_id[people.test]),
        ("merged-record", "PATIENT", records.pat_id[records.merged]),
        ("merge-chain", "PATIENT", records.pat_id[records.chained()]),
        ("duplicate-not-merged", "PATIENT", records.pat_id[~records.merged]),
        ("booked-under-old-record", "PAT_ENC", texts(booking.csn[booked_old])),
        ("placeholder-ssn", "PATIENT", people.pat_id[placeholder_ssn(truth, streams)]),
        ("stale-address", "PATIENT", people.pat_id[stale_address(truth, streams)]),
        ("suffix-in-last-name", "PATIENT", people.pat_id[suffix_in_last_name(truth, streams)]),
        ("death-unknown", "PATIENT", people.pat_id[unknown]),
        ("living-status-conflict", "PATIENT", people.pat_id[conflicting_status(truth, streams)]),
    ]


def _encounters(history: History) -> Planted:
    truth, booking = history.truth, history.booking
    encounters = truth.encounters
    emergency = encounters.emergency() & ~encounters.outside
    signals = [
        encounters.ed_record,
        encounters.base_class,
        encounters.class_or_department,
        encounters.revenue,
    ]
    count = np.sum(signals, axis=0)
    spare = booking.spare_account
    in_house = booking.real_stay & np.isnat(encounters.end)

    def keys(mask: Array) -> Array:
        return texts(booking.csn[mask])

    return [
        ("preadmission", "PAT_ENC_HSP", keys(encounters.kind == Kind.PREADMISSION)),
        ("cancelled-admission", "PAT_ENC_HSP", keys(encounters.kind == Kind.CANCELLED_ADMISSION)),
        ("discharge-missing", "PAT_ENC_HSP", keys(encounters.discharge_missing)),
        ("in-house-at-extract", "PAT_ENC_HSP", keys(in_house)),
        ("visit-over-midnight", "PAT_ENC_HSP", keys(over_midnight(encounters))),
        ("visit-over-skipped-hour", "PAT_ENC_HSP", keys(over_spring(encounters))),
        ("visit-over-repeated-hour", "PAT_ENC_HSP", keys(over_autumn(encounters))),
        ("visit-backwards-by-clock", "PAT_ENC_HSP", keys(backwards(encounters))),
        ("system-contact", "PAT_ENC", keys(encounters.kind == Kind.SYSTEM)),
        ("emergency-without-ed-record", "PAT_ENC_HSP", keys(emergency & ~encounters.ed_record)),
        ("combined-account", "HSP_ACCOUNT", texts(spare[booking.spare.combined])),
        ("zero-charge-account", "HSP_ACCOUNT", texts(spare[~booking.spare.combined])),
        *(
            (f"emergency-{name}-only", "PAT_ENC_HSP", keys(emergency & (count == 1) & signal))
            for name, signal in zip(
                ("ed-record", "base-class", "class", "revenue"), signals, strict=True
            )
        ),
    ]


def _rows(history: History, tables: Tables) -> Planted:
    """Return planted rows of movements, logs, charges, results, notes and diagnoses."""
    charges, notes = history.charges, history.notes
    tx = FIRST_TX + history.streams.spread(np.arange(len(charges)))
    canceled = _keys(
        tables, "CLARITY_ADT", "EVENT_ID", "EVENT_SUBTYPE_C", _code("ZC_EVENT_SUBTYPE", "Canceled")
    )
    sentinel = _keys(tables, "ORDER_RESULTS", "ORDER_PROC_ID", "ORD_NUM_VALUE", NOT_NUMERIC)
    unposted = _keys(tables, "OR_LOG", "LOG_ID", "STATUS_C", _code("ZC_OR_STATUS", "Unposted"))
    deleted = np.array([note.deleted for note in notes], dtype=bool)
    note = note_ids(len(notes), history.streams)
    return [
        ("canceled-movement", "CLARITY_ADT", canceled),
        ("cancelled-case", "OR_LOG", history.booking.log[~history.truth.surgeries.performed]),
        ("unposted-log", "OR_LOG", unposted),
        (
            "reversed-charge",
            "HSP_TRANSACTIONS",
            texts(tx[(charges.reverses >= 0) & ~charges.mistaken]),
        ),
        (
            "reversed-emergency-charge",
            "HSP_TRANSACTIONS",
            texts(tx[(charges.reverses >= 0) & charges.mistaken]),
        ),
        ("result-not-numeric", "ORDER_RESULTS", sentinel),
        ("deleted-note", "HNO_INFO", note[deleted]),
    ]


def _code(category: str, name: str) -> int:
    return int(shape("epic-clarity").categories[category].values[name])


def _keys(tables: Tables, table: str, key: str, column: str, value: float) -> Array:
    rows = tables[table]
    mask = rows.column(column).to_numpy(zero_copy_only=False) == value
    keys: Array = rows.column(key).to_numpy(zero_copy_only=False)[mask]
    return keys.astype(str).astype(object)
