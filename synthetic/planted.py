"""The list of planted trouble: kind, table and key of every row that is wrong on purpose."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi
from ehrkit.synthetic.answer_key import TEXT, make_table
from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.chart import Chart
from ehrkit.synthetic.clarity_billing import FIRST_TX
from ehrkit.synthetic.clarity_orders import NOT_NUMERIC
from ehrkit.synthetic.clarity_people import conflicting_status, known_death, placeholder_ssn
from ehrkit.synthetic.clarity_spec import categories
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.vocabulary import Kind

# ICD-10-CM codes of October 2024 that older contacts read as today (six characters).
SUPERSEDED = ("M51.360",)
Planted = list[tuple[str, str, Array]]


def planted(chart: Chart) -> pa.Table:
    """Return one row per planted row of the chart, sorted by kind and key."""
    found = [*_people(chart), *_encounters(chart), *_rows(chart)]
    kind = np.concatenate([np.full(len(keys), name, dtype=object) for name, _, keys in found])
    table = np.concatenate([np.full(len(keys), name, dtype=object) for _, name, keys in found])
    key = np.concatenate([keys.astype(object) for _, _, keys in found])
    order = np.lexsort((key.astype(str), kind.astype(str)))
    return make_table(
        {
            "kind": (TEXT, Phi.NONE, kind[order]),
            "table": (TEXT, Phi.NONE, table[order]),
            "key": (TEXT, Phi.OTHER_ID, key[order]),
        }
    )


def _people(chart: Chart) -> Planted:
    truth, records = chart.truth, chart.records
    people, streams = truth.people, Streams(truth.spec.seed)
    unknown = ~np.isnat(people.death) & np.isnat(known_death(truth))
    old = chart.tables["PAT_ENC"].column("PAT_ID").to_numpy(zero_copy_only=False)
    csn = chart.tables["PAT_ENC"].column("PAT_ENC_CSN_ID").to_numpy()
    return [
        ("test-patient", "PATIENT", people.pat_id[people.test]),
        ("merged-record", "PATIENT", records.pat_id[records.merged]),
        ("duplicate-not-merged", "PATIENT", records.pat_id[~records.merged]),
        ("booked-under-old-record", "PAT_ENC", texts(csn[np.isin(old, records.pat_id)])),
        ("placeholder-ssn", "PATIENT", people.pat_id[placeholder_ssn(truth, streams)]),
        ("death-unknown", "PATIENT", people.pat_id[unknown]),
        ("living-status-conflict", "PATIENT", people.pat_id[conflicting_status(truth, streams)]),
    ]


def _encounters(chart: Chart) -> Planted:
    truth, booking = chart.truth, chart.booking
    encounters = truth.encounters
    emergency = encounters.emergency() & ~encounters.outside
    signals = [
        encounters.ed_record,
        encounters.base_class,
        encounters.class_or_department,
        encounters.revenue,
    ]
    count = np.sum(signals, axis=0)
    in_house = booking.real_stay & np.isnat(encounters.end)

    def keys(mask: Array) -> Array:
        return texts(booking.csn[mask])

    return [
        ("preadmission", "PAT_ENC_HSP", keys(encounters.kind == Kind.PREADMISSION)),
        ("cancelled-admission", "PAT_ENC_HSP", keys(encounters.kind == Kind.CANCELLED_ADMISSION)),
        ("discharge-missing", "PAT_ENC_HSP", keys(encounters.discharge_missing)),
        ("in-house-at-extract", "PAT_ENC_HSP", keys(in_house)),
        ("system-contact", "PAT_ENC", keys(encounters.kind == Kind.SYSTEM)),
        ("emergency-without-ed-record", "PAT_ENC_HSP", keys(emergency & ~encounters.ed_record)),
        *(
            (f"emergency-{name}-only", "PAT_ENC_HSP", keys(emergency & (count == 1) & signal))
            for name, signal in zip(
                ("ed-record", "base-class", "class", "revenue"), signals, strict=True
            )
        ),
    ]


def _rows(chart: Chart) -> Planted:
    """Return planted rows of movements, logs, charges, results, notes and diagnoses."""
    charges, notes = chart.charges, chart.notes
    tx = texts(FIRST_TX + np.arange(len(charges)))
    canceled = _keys(
        chart, "CLARITY_ADT", "EVENT_ID", "EVENT_SUBTYPE_C", _code("ZC_EVENT_SUBTYPE", "Canceled")
    )
    sentinel = _keys(chart, "ORDER_RESULTS", "ORDER_PROC_ID", "ORD_NUM_VALUE", NOT_NUMERIC)
    unposted = _keys(chart, "OR_LOG", "LOG_ID", "STATUS_C", _code("ZC_OR_STATUS", "Unposted"))
    deleted = np.array([note.deleted for note in notes], dtype=bool)
    note = chart.tables["HNO_INFO"].column("NOTE_ID").to_numpy(zero_copy_only=False)
    codes = catalogue().diagnoses.codes
    dx = chart.tables["CLARITY_EDG"].column("DX_ID").to_numpy()
    return [
        ("canceled-movement", "CLARITY_ADT", canceled),
        ("cancelled-case", "OR_LOG", chart.booking.log[~chart.truth.surgeries.performed]),
        ("unposted-log", "OR_LOG", unposted),
        ("reversed-charge", "HSP_TRANSACTIONS", tx[(charges.reverses >= 0) & ~charges.mistaken]),
        (
            "reversed-emergency-charge",
            "HSP_TRANSACTIONS",
            tx[(charges.reverses >= 0) & charges.mistaken],
        ),
        ("result-not-numeric", "ORDER_RESULTS", sentinel),
        ("deleted-note", "HNO_INFO", note[deleted]),
        ("superseded-code", "CLARITY_EDG", texts(dx[np.isin(np.array(codes), SUPERSEDED)])),
    ]


def _code(category: str, name: str) -> int:
    return int(categories()[category].values[name])


def _keys(chart: Chart, table: str, key: str, column: str, value: float) -> Array:
    rows = chart.tables[table]
    mask = rows.column(column).to_numpy(zero_copy_only=False) == value
    keys: Array = rows.column(key).to_numpy(zero_copy_only=False)[mask]
    return keys.astype(str).astype(object)
