"""Charge tables of Millennium: debits, the credits that offset them, and their bill codes."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight, texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.rows import Drawn, active, number_or_null, open_until
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, repeated

FIRST_CHARGE, FIRST_MOD = 5_000_000_000, 6_000_000_000
SUSPENDED_FLAG, OFFSET_FLAG, INTERFACED_FLAG = 1, 10, 999
EMERGENCY_ROOM = 450
# Surgical stays with an emergency charge that was suspended and never billed, and charges whose
# bill code was first that of the emergency room. Design choice.
SUSPENDED, RECODED = 0.03, 0.01


def charge_tables(chart: Chart) -> Drawn:
    """Return the charges of one block."""
    history, truth = chart.history, chart.history.truth
    own, rng = history.charges, history.streams.of("suspended charges")
    stays = truth.stay_of[truth.surgeries.performed]
    held = stays[rng.random(len(stays)) < SUSPENDED]
    encounter = np.r_[own.encounter, held]
    suspended = np.arange(len(encounter)) >= len(own)
    key = FIRST_CHARGE + history.streams.spread(np.arange(len(encounter)))
    credit = np.r_[own.reverses >= 0, np.zeros(len(held), bool)]
    other = _other_side(own.reverses, len(encounter))
    offset = np.where(other >= 0, key[other], -1)
    date = np.r_[midnight(own.date), midnight(truth.encounters.start[held])]
    flag = np.where(suspended, SUSPENDED_FLAG, np.where(other >= 0, OFFSET_FLAG, INTERFACED_FLAG))
    revenue = np.r_[own.revenue, np.full(len(held), EMERGENCY_ROOM)]
    mods, recoded = _mods(chart, key, revenue, date, rng)
    tables = {
        "CHARGE": {
            "CHARGE_ITEM_ID": key,
            "ENCNTR_ID": chart.encounter[encounter],
            "PERSON_ID": chart.owner(encounter),
            "SERVICE_DT_TM": date,
            "CHARGE_TYPE_CD": Coded(np.array(["Debit", "Credit"], object), credit.astype(np.int8)),
            "ITEM_QUANTITY": np.abs(np.r_[own.quantity, np.ones(len(held))]),
            "ITEM_EXTENDED_PRICE": np.r_[own.amount, np.full(len(held), 1700.0)],
            "OFFSET_CHARGE_ITEM_ID": number_or_null(offset),
            "PROCESS_FLG": flag,
            "ACTIVE_IND": np.ones(len(encounter)),
        },
        "CHARGE_MOD": mods,
    }
    mistaken = np.flatnonzero(own.mistaken & (own.reverses >= 0))
    planted = [
        ("offset-charge", "CHARGE", texts(key[: len(own)][own.reverses >= 0])),
        ("offset-emergency-charge", "CHARGE", texts(key[mistaken])),
        ("suspended-emergency-charge", "CHARGE", texts(key[suspended])),
        ("bill-code-taken-back", "CHARGE_MOD", recoded),
    ]
    return Drawn(tables, planted)


def _other_side(reverses: Array, size: int) -> Array:
    """Return, per charge, the row that it offsets or is offset by, or -1."""
    other = np.full(size, -1)
    credits = np.flatnonzero(reverses >= 0)
    other[credits] = reverses[credits]
    other[reverses[credits]] = credits
    return other


def _mods(
    chart: Chart, charge: Array, revenue: Array, date: Array, rng: np.random.Generator
) -> tuple[Columns, Array]:
    """Return the revenue code of each charge, and the keys of codes that were replaced."""
    listed = np.array([int(code) for code in catalogue().revenue])
    pool = np.array(list(catalogue().revenue), dtype=object)
    replaced = np.flatnonzero((revenue != EMERGENCY_ROOM) & (rng.random(len(charge)) < RECODED))
    row = np.r_[np.arange(len(charge)), replaced]
    back = np.arange(len(row)) >= len(charge)
    code = np.where(back, EMERGENCY_ROOM, revenue[row])
    key = FIRST_MOD + chart.history.streams.spread(np.arange(len(row)))
    order = np.argsort(listed)
    columns: Columns = {
        "CHARGE_MOD_ID": key,
        "CHARGE_ITEM_ID": charge[row],
        "CHARGE_MOD_TYPE_CD": repeated("Bill Code", len(row)),
        "FIELD1_ID": repeated("Revenue Code", len(row)),
        "FIELD2": Coded(pool, np.full(len(row), -1)),
        "FIELD6": Coded(pool, order[np.searchsorted(listed[order], code)]),
        "ACTIVE_IND": active(back),
        "END_EFFECTIVE_DT_TM": open_until(back, date[row]),
    }
    return columns, texts(key[back])
