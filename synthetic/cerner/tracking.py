"""Tracking boards of Millennium: who was checked in to the emergency department, or to surgery."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.encounters import HOUR
from ehrkit.synthetic.care.vocabulary import Disposition, Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.validity import active
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_ITEM, FIRST_CHECKIN = 50_000_000, 60_000_000
MAIN, EAST, SURGERY = range(3)
GROUPS = np.array(
    ["Main ED Tracking Group", "East ED Tracking Group", "Surgery Tracking Group"], dtype=object
)
DISPOSITIONS = np.array(
    ["Discharge", "Admit", "Observation", "Left Against Medical Advice"], dtype=object
)
# Stays whose patient was put on the emergency board by mistake; design choice.
WRONG_BOARD = 0.02


def tracking_tables(chart: Chart) -> Drawn:
    """Return what the boards followed; a row that was taken back was on the wrong board."""
    history = chart.history
    truth, encounters, streams = history.truth, history.truth.encounters, history.streams
    rng = streams.of("tracking")
    emergency = np.flatnonzero(encounters.ed_record)
    stays = truth.stay_of[truth.surgeries.performed]
    wrong = stays[rng.random(len(stays)) < WRONG_BOARD]
    encounter = np.r_[emergency, stays, wrong]
    kind = np.repeat([0, 1, 2], [len(emergency), len(stays), len(wrong)])
    surgery = encounters.surgery[encounter]
    close = truth.surgeries.close[surgery]
    begin = encounters.start[encounter]
    end = np.select(
        [kind == 0, kind == 1], [encounters.ed_departure[encounter], close], begin + HOUR
    )
    east = encounters.department[encounter] == catalogue().department("ED_EAST")
    group = np.where(kind == 1, SURGERY, np.where(east, EAST, MAIN))
    size = len(encounter)
    item = FIRST_ITEM + streams.spread(np.arange(size))
    checkin = FIRST_CHECKIN + streams.spread(np.arange(size))
    tables: dict[str, Columns] = {
        "TRACKING_ITEM": {
            "TRACKING_ID": item,
            "ENCNTR_ID": chart.keys(encounter),
            "PERSON_ID": chart.owner(encounter),
            "START_TRACKING_DT_TM": begin,
            "ACTIVE_IND": np.ones(size),
        },
        "TRACKING_CHECKIN": {
            "TRACKING_CHECKIN_ID": checkin,
            "TRACKING_ID": item,
            "TRACKING_GROUP_CD": Coded(GROUPS, group),
            "CHECKIN_DT_TM": begin,
            "CHECKOUT_DT_TM": end,
            "CHECKOUT_DISPOSITION_CD": Coded(
                DISPOSITIONS, np.where(kind == 0, _ended(chart, encounter), -1)
            ),
            "ACTIVE_IND": active(kind == 2),
        },
    }
    return Drawn(tables, [("checkin-taken-back", "TRACKING_CHECKIN", texts(checkin[kind == 2]))])


def _ended(chart: Chart, encounter: Array) -> Array:
    """Return how emergency visits ended, as a place in DISPOSITIONS."""
    encounters = chart.history.truth.encounters
    kind, disposition = encounters.kind[encounter], encounters.disposition[encounter]
    against_advice = disposition == Disposition.LEFT_AGAINST_ADVICE
    return np.select(
        [kind == Kind.EMERGENCY_ADMITTED, kind == Kind.EMERGENCY_OBSERVED, against_advice],
        [1, 2, 3],
        0,
    )
