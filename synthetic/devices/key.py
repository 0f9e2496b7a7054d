"""The answer key of the devices: who wears, what, when, and what was really done."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.synthetic.answers.tables import DAY, FLAG, NUMBER, TEXT, make_table
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.devices.clock import ZONES
from ehrkit.synthetic.devices.cohort import Cohort
from ehrkit.synthetic.devices.minutes import WearMinutes
from ehrkit.synthetic.devices.wearers import GOOGLE, NEVER
from ehrkit.synthetic.devices.wearing import Reason
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT

MINUTE_SCHEMA = pa.schema(
    [
        field("device_user_id", pa.string(), Phi.DEVICE),
        field("minute_utc", pa.timestamp("us"), Phi.DATE),
        field("utc_offset_minutes", pa.int16(), Phi.QUASI),
        field("true_steps", pa.int16(), Phi.NONE),
        field("recorded_steps", pa.int16(), Phi.NONE),
        field("worn", pa.bool_(), Phi.NONE),
        field("heart_rate", pa.int16(), Phi.NONE),
    ]
)


def device_key(truth: Truth, cohort: Cohort) -> dict[str, pa.Table]:
    """Return the tables of the answer key by file name without its ending."""
    return {
        "opt_in": _opt_in(truth, cohort),
        "wearers": _wearers(truth, cohort),
        "devices": _devices(cohort),
        "trips": _trips(cohort),
        "wear_days": _wear_days(cohort),
    }


def _opt_in(truth: Truth, cohort: Cohort) -> pa.Table:
    """Return everybody who could be asked, with what opting in depends on."""
    asked, wearers = cohort.asked, cohort.wearers
    enrolled = np.zeros(len(truth.people), bool)
    enrolled[wearers.person[wearers.person >= 0]] = True
    number = pa.float64()
    return make_table(
        {
            "person_id": (TEXT, Phi.OTHER_ID, truth.people.pat_id[asked.person]),
            "surgical": (FLAG, Phi.NONE, asked.surgical),
            "age": (number, Phi.QUASI, asked.age),
            "woman": (FLAG, Phi.QUASI, asked.woman),
            "black": (FLAG, Phi.QUASI, asked.black),
            "asian": (FLAG, Phi.QUASI, asked.asian),
            "hispanic": (FLAG, Phi.QUASI, asked.hispanic),
            "poor_zip": (FLAG, Phi.QUASI, asked.poor_zip),
            "conditions": (NUMBER, Phi.NONE, asked.conditions),
            "obese": (FLAG, Phi.NONE, asked.obese),
            "probability": (number, Phi.NONE, asked.probability),
            "opted_in": (FLAG, Phi.NONE, asked.opted_in),
            "enrolled": (FLAG, Phi.NONE, enrolled[asked.person]),
        }
    )


def _wearers(truth: Truth, cohort: Cohort) -> pa.Table:
    wearers, days = cohort.wearers, cohort.days
    anchor = _at(truth.surgeries.date, wearers.surgery)
    before = (days.worn_minutes > 0) & (days.day < anchor[days.user])
    worn = np.flatnonzero(days.worn_minutes > 0)
    first, last = np.full(len(wearers), NEVER), np.full(len(wearers), NEVER)
    first[days.user[worn[::-1]]] = days.day[worn[::-1]]
    last[days.user[worn]] = days.day[worn]
    return make_table(
        {
            "device_user_id": (TEXT, Phi.DEVICE, wearers.device_user_id),
            "person_id": (TEXT, Phi.OTHER_ID, _at(truth.people.pat_id, wearers.person)),
            "vendor": (TEXT, Phi.NONE, wearers.vendor),
            "later_vendor": (TEXT, Phi.NONE, np.where(np.isnat(wearers.moved), "", GOOGLE)),
            "moved_on": (DAY, Phi.DATE, wearers.moved),
            "loaned_to_user": (TEXT, Phi.DEVICE, _at(wearers.device_user_id, wearers.lender)),
            "study_device": (FLAG, Phi.NONE, wearers.study_device),
            "surgery_date": (DAY, Phi.DATE, anchor),
            "enrolled_on": (DAY, Phi.DATE, wearers.enrolled),
            "observed_from": (DAY, Phi.DATE, wearers.first_day),
            "observed_to": (DAY, Phi.DATE, wearers.last_day),
            "first_worn": (DAY, Phi.DATE, first),
            "last_worn": (DAY, Phi.DATE, last),
            "baseline_days": (
                NUMBER,
                Phi.NONE,
                np.bincount(days.user[before], minlength=len(wearers)),
            ),
            "end": (TEXT, Phi.NONE, _ends(cohort)),
        }
    )


def _at(values: Array, rows: Array) -> Array:
    """Return the value of each row, or nothing (NaT, or an empty text) where the row is -1."""
    nothing = NEVER if values.dtype.kind == "M" else ""
    return np.append(values, np.array([nothing], values.dtype))[rows]


def _ends(cohort: Cohort) -> Array:
    """Return why each user's data end."""
    wearers, days = cohort.wearers, cohort.days
    final = np.searchsorted(days.user, np.arange(len(wearers)), side="right") - 1
    reason = days.reason[final]
    death = cohort.everybody.death[wearers.identity]
    died = death - wearers.last_day <= np.timedelta64(1, "D")
    words = np.select(
        [
            wearers.lender >= 0,
            reason == Reason.STOPPED,
            reason == Reason.DEVICE_LOST,
            died,
            wearers.last_day == EXTRACT,
        ],
        ["loan returned", "stopped wearing", "device lost", "died", "data cut"],
        "study end",
    )
    return words.astype(object)


def _devices(cohort: Cohort) -> pa.Table:
    devices = cohort.devices
    return make_table(
        {
            "device_user_id": (TEXT, Phi.DEVICE, cohort.wearers.device_user_id[devices.user]),
            "model": (TEXT, Phi.NONE, devices.model),
            "origin": (TEXT, Phi.NONE, devices.origin),
            "first_day": (DAY, Phi.DATE, devices.first_day),
            "last_day": (DAY, Phi.DATE, devices.last_day),
        }
    )


def _trips(cohort: Cohort) -> pa.Table:
    away = np.flatnonzero(cohort.trips.zone >= 0)
    trips = cohort.trips.take(away)
    zones = np.array([name for name, *_ in ZONES], dtype=object)
    return make_table(
        {
            "device_user_id": (TEXT, Phi.DEVICE, cohort.wearers.device_user_id[away]),
            "zone": (TEXT, Phi.GEOGRAPHY, zones[trips.zone]),
            "leaves": (DAY, Phi.DATE, trips.leaves),
            "returns": (DAY, Phi.DATE, trips.returns),
        }
    )


def _wear_days(cohort: Cohort) -> pa.Table:
    days = cohort.days
    reasons = np.array([reason.label for reason in Reason], dtype=object)
    return make_table(
        {
            "device_user_id": (TEXT, Phi.DEVICE, cohort.wearers.device_user_id[days.user]),
            "date": (DAY, Phi.DATE, days.day),
            "vendor": (TEXT, Phi.NONE, days.vendor),
            "reason": (TEXT, Phi.NONE, reasons[days.reason]),
            "in_hospital": (FLAG, Phi.NONE, days.in_hospital),
            "true_steps": (NUMBER, Phi.NONE, days.true_steps),
            "recorded_steps": (NUMBER, Phi.NONE, days.recorded_steps),
            "worn_minutes": (NUMBER, Phi.NONE, days.worn_minutes),
            "resting_heart_rate": (NUMBER, Phi.NONE, _measured(days.resting_heart_rate)),
            "sleep_minutes": (NUMBER, Phi.NONE, _measured(days.sleep_minutes)),
            "awake_minutes": (NUMBER, Phi.NONE, _measured(days.awake_minutes)),
            "day_minutes": (NUMBER, Phi.NONE, days.minutes),
            "utc_offset_minutes": (pa.int16(), Phi.QUASI, days.offset.astype(np.int16)),
            "sent_twice": (FLAG, Phi.NONE, days.sent_again),
            "minutes_fetched": (FLAG, Phi.NONE, days.fine & cohort.by_minute),
        }
    )


def _measured(values: Array) -> Array:
    """Return values with -1, which the table shows as null, where nothing was measured."""
    return np.where(values > 0, values, -1)


def minute_rows(user: str, minutes: WearMinutes) -> pa.Table:
    """Return the truth by minute of one device user."""
    same = pa.DictionaryArray.from_arrays(np.zeros(len(minutes), np.int32), [user])
    numbers = (minutes.offset, minutes.true_steps, minutes.recorded_steps)
    offset, true, recorded = (pa.array(column.astype(np.int16)) for column in numbers)
    rate = pa.array(minutes.rate.astype(np.int16), mask=~minutes.worn)
    start = pa.array(minutes.start.astype("datetime64[us]"))
    columns = [same.cast(pa.string()), start, offset, true, recorded, pa.array(minutes.worn), rate]
    return pa.Table.from_arrays(columns, schema=MINUTE_SCHEMA)
