"""Flowsheet tables of Clarity: bedside measurements as text, blood pressure in one."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight, texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.contacts import data_ids
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within, stable_order
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_RECORD = 610_000_000
MINUTE = np.timedelta64(60, "s")
# Row, internal and displayed name and unit by kind of vitals. Rows 5 to 14 are common
# foundation numbers (reference, section 5); the number of the pain score is the site's own.
ROWS = {
    "systolic": ("5", "BLOOD PRESSURE", "BP", "mmHg"),
    "temperature": ("6", "TEMPERATURE", "Temp", "F"),
    "pulse": ("8", "PULSE", "Pulse", "/min"),
    "respiration": ("9", "RESPIRATIONS", "Resp", "/min"),
    "saturation": ("10", "PULSE OXIMETRY", "SpO2", "%"),
    "weight": ("14", "WEIGHT/SCALE", "Weight", "oz"),
    "pain": ("3040109304", "PAIN SCORE", "Pain (0-10)", ""),
}


def flowsheet_tables(history: History) -> dict[str, Columns]:
    """Return one record per contact with vitals, the link to it, and their values."""
    vitals, booking = history.vitals, history.booking
    starts = np.r_[True, vitals.encounter[1:] != vitals.encounter[:-1]][: len(vitals)]
    first, record = np.flatnonzero(starts), np.cumsum(starts) - 1
    encounter = vitals.encounter[first]
    keys = texts(FIRST_RECORD + history.streams.spread(np.arange(len(first))))
    link = data_ids(booking.csn[encounter])
    return {
        "IP_DATA_STORE": {"INPATIENT_DATA_ID": link, "EPT_CSN": booking.csn[encounter]},
        "IP_FLWSHT_REC": {
            "FSD_ID": keys,
            "INPATIENT_DATA_ID": link,
            "PAT_ID": booking.patient(encounter),
            "RECORD_DATE": midnight(vitals.time[first]),
        },
        "IP_FLWSHT_MEAS": _values(history, keys, first, record),
    }


def flowsheet_rows() -> dict[str, Columns]:
    """Return the list of flowsheet rows of the site."""
    key, name, shown, unit = (
        np.array([row[column] for row in ROWS.values()], dtype=object) for column in range(4)
    )
    return {
        "IP_FLO_GP_DATA": {
            "FLO_MEAS_ID": key,
            "FLO_MEAS_NAME": name,
            "DISP_NAME": shown,
            "UNITS": unit,
        }
    }


def _values(history: History, keys: Array, first: Array, record: Array) -> Columns:
    """Return a line per value; diastolic pressure stands in the line of the systolic one."""
    vitals, kinds = history.vitals, list(catalogue().vitals)
    systolic, diastolic = kinds.index("systolic"), kinds.index("diastolic")
    low = np.zeros(len(first))
    low[record[vitals.kind == diastolic]] = vitals.value[vitals.kind == diastolic]
    rows = np.flatnonzero(vitals.kind != diastolic)
    ounces = history.measures.weight[vitals.encounter[first]]
    heavy = np.flatnonzero(~np.isnan(ounces))
    # Numbers in tenths; pressures as a pair that no such number reaches.
    code = np.round(vitals.value[rows] * 10).astype(np.int64)
    pressure = vitals.kind[rows] == systolic
    pair = 1_000_000 + code // 10 * 1000 + low[record[rows]].astype(np.int64)
    code = np.r_[np.where(pressure, pair, code), np.round(ounces[heavy] * 10).astype(np.int64)]
    places = {name: place for place, name in enumerate(ROWS)}
    row_of = np.array([places.get(name, -1) for name in kinds])
    owner = np.r_[record[rows], heavy]
    time = np.r_[vitals.time[rows], vitals.time[first[heavy]]]
    order = stable_order(owner)
    measured = np.r_[row_of[vitals.kind[rows]], np.full(len(heavy), places["weight"])][order]
    return {
        "FSD_ID": Coded(keys, owner[order]),
        "LINE": rank_within(owner[order]),
        "FLO_MEAS_ID": Coded(np.array([row[0] for row in ROWS.values()], object), measured),
        "MEAS_VALUE": _as_text(code[order]),
        "RECORDED_TIME": time[order],
        "ENTRY_TIME": time[order] + 2 * MINUTE,
    }


def _as_text(code: Array) -> Coded:
    found, codes = np.unique(code, return_inverse=True)
    pool = [
        f"{value // 1000 - 1000}/{value % 1000}" if value >= 1_000_000 else f"{value / 10:g}"
        for value in found.tolist()
    ]
    return Coded(np.array(pool, dtype=object), codes)
