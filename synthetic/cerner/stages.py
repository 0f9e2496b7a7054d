"""ENCNTR_LOC_HIST of Millennium: where hospital encounters were, as what, from when to when."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.admission import admitted, moved_on
from ehrkit.synthetic.care.encounters import HOUR
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.kinds import last_types, units
from ehrkit.synthetic.cerner.validity import OPEN, active
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_STAGE = 400_000_000
# Stays whose first stage was entered as Emergency and taken back; design choice.
WRONG_STAGE = 0.04


def stage_tables(chart: Chart) -> Drawn:
    """Return the stages of hospital encounters, the planted ones taken back.

    The first stage of an emergency visit is one in the emergency department only where the
    visit left that trace; such a visit that went on to a ward has a second stage there.
    """
    truth, booking, streams = chart.history.truth, chart.history.booking, chart.history.streams
    encounters, rng = truth.encounters, streams.of("stages")
    real = np.flatnonzero(booking.real_stay)
    moved = real[moved_on(encounters)[real]]
    planned = real[np.isin(encounters.kind[real], (Kind.STAY, Kind.ADMISSION))]
    wrong = planned[rng.random(len(planned)) < WRONG_STAGE]
    encounter = np.r_[real, moved, wrong]
    stage = np.repeat([0, 1, 2], [len(real), len(moved), len(wrong)])
    traced = encounters.base_class[encounter] & (stage == 0)
    department = np.where(traced, encounters.department[encounter], booking.department[encounter])
    department = np.where(stage == 2, catalogue().department("ED_MAIN"), department)
    goes_on = np.zeros(len(encounters), bool)
    goes_on[moved] = True
    begin = np.where(
        stage == 1, encounters.ed_departure[encounter], admitted(encounters)[encounter]
    )
    left = booking.discharge[encounter]
    end = np.where(
        (stage == 0) & goes_on[encounter],
        encounters.ed_departure[encounter],
        np.where(np.isnat(left), OPEN, left),
    )
    type_, _ = last_types(chart, encounter)
    emergency = traced | (stage == 2)
    names = np.append(type_.pool, "Emergency")
    unit, services, _ = units()
    key = FIRST_STAGE + streams.spread(np.arange(len(encounter)))
    columns: Columns = {
        "ENCNTR_LOC_HIST_ID": key,
        "ENCNTR_ID": chart.keys(encounter),
        "LOC_NURSE_UNIT_CD": Coded(unit, department),
        "ENCNTR_TYPE_CD": Coded(names, np.where(emergency, len(names) - 1, type_.codes)),
        "MED_SERVICE_CD": Coded(services, department),
        "BEG_EFFECTIVE_DT_TM": begin,
        "END_EFFECTIVE_DT_TM": np.where(stage == 2, begin + HOUR, end),
        "ACTIVE_IND": active(stage == 2),
    }
    planted = [("stage-taken-back", "ENCNTR_LOC_HIST", texts(key[stage == 2]))]
    return Drawn({"ENCNTR_LOC_HIST": columns}, planted)
