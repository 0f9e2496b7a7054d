"""The rows of Clarity tables that are wrong on purpose, by kind of trouble."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from ehrkit.core.shapes import shape
from ehrkit.synthetic.booking import dx_ids, texts
from ehrkit.synthetic.care.cases import wrongly_named
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.histories import listed, problem_ids, repeated_history
from ehrkit.synthetic.clarity.labs import NOT_NUMERIC
from ehrkit.synthetic.clarity.notes import note_ids
from ehrkit.synthetic.clarity.orders import undotted
from ehrkit.synthetic.clarity.people import (
    conflicting_status,
    known_death,
    placeholder_ssn,
    stale_address,
    suffix_in_last_name,
)
from ehrkit.synthetic.clarity.postings import postings
from ehrkit.synthetic.clarity.professional import professional, transaction_ids
from ehrkit.synthetic.clarity.site import SHAPE, site_shape
from ehrkit.synthetic.history import History
from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.trouble.clock import over_autumn, over_midnight, over_spring
from ehrkit.synthetic.trouble.plant import SIGNALS

Tables = Mapping[str, pa.Table]
# Kind of trouble, table, its key, and the category column and name that tell.
BY_NAME = (
    ("canceled-movement", "CLARITY_ADT", "EVENT_ID", "EVENT_SUBTYPE_C", "Canceled"),
    ("unposted-log", "OR_LOG", "LOG_ID", "STATUS_C", "Unposted"),
    ("completed-log", "OR_LOG", "LOG_ID", "STATUS_C", "Completed"),
    ("voided-log", "OR_LOG", "LOG_ID", "STATUS_C", "Voided"),
)


def planted_rows(history: History, tables: Tables) -> Planted:
    """Return what was planted in the Clarity tables of one block."""
    found = [
        *_people(history),
        *_encounters(history),
        *_emergencies(history),
        *_surgeries(history),
        *_charges(history),
        *_results(tables),
        *_histories(history),
        *_notes(history),
        *(_named(history, tables, *entry) for entry in BY_NAME),
    ]
    return found + _site(history) if history.streams.block == 0 else found


def _site(history: History) -> Planted:
    """Return what is planted in the lists of the site, which no block holds."""
    superseded = dx_ids(np.flatnonzero(~np.isnat(catalogue().diagnoses.since)))
    bare = dx_ids(np.flatnonzero(undotted(history.streams)))
    return [
        ("superseded-code", "CLARITY_EDG", texts(superseded)),
        ("undotted-code", "CLARITY_EDG", texts(bare)),
        *(("shuffled-number", name, texts(numbers)) for name, numbers in _moved(history)),
    ]


def _moved(history: History) -> Iterator[tuple[str, Array]]:
    """Yield category lists with the numbers that stand for another name than described."""
    described = shape(SHAPE).categories
    for name, category in site_shape(history.streams).categories.items():
        before = described[name].codes()
        moved = [code for label, code in category.codes().items() if before[label] != code]
        if moved:
            yield name, np.array(moved)


def _people(history: History) -> Planted:
    truth, records = history.truth, history.records
    people, booking, streams = truth.people, history.booking, history.streams
    unknown = ~people.test & ~np.isnat(people.death) & np.isnat(known_death(truth))
    old = booking.record >= len(people)
    asleep = booking.anesthesia[old[truth.contact_of] & truth.surgeries.performed].ravel()
    booked_old = np.r_[booking.csn[old & (booking.csn >= 0)], asleep]
    return [
        ("test-patient", "PATIENT", people.pat_id[people.test]),
        ("merged-record", "PATIENT", records.pat_id[records.merged]),
        ("merge-chain", "PATIENT", records.pat_id[records.chained()]),
        ("duplicate-not-merged", "PATIENT", records.pat_id[~records.merged]),
        ("booked-under-old-record", "PAT_ENC", texts(booked_old)),
        ("placeholder-ssn", "PATIENT", people.pat_id[placeholder_ssn(truth, streams)]),
        ("stale-address", "PATIENT", people.pat_id[stale_address(truth, streams)]),
        ("suffix-in-last-name", "PATIENT", people.pat_id[suffix_in_last_name(truth, streams)]),
        ("death-unknown", "PATIENT", people.pat_id[unknown]),
        ("living-status-conflict", "PATIENT", people.pat_id[conflicting_status(truth, streams)]),
    ]


def _encounters(history: History) -> Planted:
    booking, encounters = history.booking, history.truth.encounters
    in_house = booking.real_stay & np.isnat(encounters.end)
    masks = (
        ("preadmission", encounters.kind == Kind.PREADMISSION),
        ("cancelled-admission", encounters.kind == Kind.CANCELLED_ADMISSION),
        ("discharge-missing", encounters.discharge_missing),
        ("in-house-at-extract", in_house),
        ("visit-over-midnight", over_midnight(encounters)),
        ("visit-over-skipped-hour", over_spring(encounters)),
        ("visit-over-repeated-hour", over_autumn(encounters)),
    )
    system = texts(booking.csn[encounters.kind == Kind.SYSTEM])
    spare, combined = booking.spare_account, booking.spare.combined
    return [
        ("system-contact", "PAT_ENC", system),
        *((kind, "PAT_ENC_HSP", texts(booking.csn[mask])) for kind, mask in masks),
        ("combined-account", "HSP_ACCOUNT", texts(spare[combined])),
        ("zero-charge-account", "HSP_ACCOUNT", texts(spare[~combined])),
    ]


def _emergencies(history: History) -> Planted:
    """Return emergency visits that lack the derived table, or have one signal alone."""
    encounters, csn = history.truth.encounters, history.booking.csn
    emergency = encounters.emergency() & ~encounters.outside
    signals = [getattr(encounters, name) for name in SIGNALS]
    single = emergency & (np.sum(signals, axis=0) == 1)
    names = ("ed-record", "base-class", "class", "revenue")
    return [
        (
            "emergency-without-ed-record",
            "PAT_ENC_HSP",
            texts(csn[emergency & ~encounters.ed_record]),
        ),
        *(
            (f"emergency-{name}-only", "PAT_ENC_HSP", texts(csn[single & signal]))
            for name, signal in zip(names, signals, strict=True)
        ),
    ]


def _surgeries(history: History) -> Planted:
    surgeries, log = history.truth.surgeries, history.booking.log
    wrong = wrongly_named(surgeries, history.truth.spec, history.streams)
    return [
        ("cancelled-case", "OR_LOG", log[~surgeries.performed]),
        ("wrong-scheduled-name", "OR_LOG_ALL_PROC", log[wrong]),
    ]


def _charges(history: History) -> Planted:
    """Return reversals, and professional charges; one of these can be wrong in several ways."""
    streams, known = history.streams, postings(history.charges, history.streams)
    charges, tx = history.charges.take(known.rows), known.key
    back = charges.reverses >= 0
    rows = professional(history)
    ids, charge = transaction_ids(rows, streams), ~rows.payment
    kinds = (
        ("voided-charge", rows.voided()),
        ("assistant-charge", rows.modifier >= 0),
        ("service-date-off", rows.off != 0),
        ("charge-without-contact", rows.unlinked),
    )
    return [
        ("reversed-charge", "HSP_TRANSACTIONS", texts(tx[back & ~charges.mistaken])),
        ("reversed-emergency-charge", "HSP_TRANSACTIONS", texts(tx[back & charges.mistaken])),
        *((name, "ARPB_TRANSACTIONS", texts(ids[charge & mask])) for name, mask in kinds),
    ]


def _results(tables: Tables) -> Planted:
    rows = tables["ORDER_RESULTS"]
    mask = rows["ORD_NUM_VALUE"].to_numpy() == NOT_NUMERIC
    order, line = (texts(rows[name].to_numpy()[mask]) for name in ("ORDER_PROC_ID", "LINE"))
    return [("result-not-numeric", "ORDER_RESULTS", order + "-" + line)]


def _histories(history: History) -> Planted:
    deleted = listed(history).deleted
    keys = problem_ids(len(deleted), history.streams)[deleted]
    return [
        ("deleted-problem", "PROBLEM_LIST", texts(keys)),
        ("repeated-history", "MEDICAL_HX", repeated_history(history)),
    ]


def _notes(history: History) -> Planted:
    deleted = np.array([note.deleted for note in history.notes], dtype=bool)
    return [("deleted-note", "HNO_INFO", note_ids(len(deleted), history.streams)[deleted])]


def _named(
    history: History, tables: Tables, kind: str, table: str, key: str, column: str, name: str
) -> tuple[str, str, Array]:
    """Return the rows whose category column has the number of a name."""
    shape = site_shape(history.streams)
    described = next(one for one in shape.tables[table].columns if one.name == column)
    number = shape.categories[str(described.category)].codes()[name]
    mask = tables[table][column].to_numpy() == number
    keys = tables[table][key].to_numpy(zero_copy_only=False)[mask]
    return kind, table, keys.astype(str).astype(object)
