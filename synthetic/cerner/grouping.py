"""DRG of Millennium: the group that each inpatient surgery stay was coded into."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.care.encounters import DAY
from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.terms import drg_terms
from ehrkit.synthetic.cerner.validity import active, open_until
from ehrkit.synthetic.shaping import Columns, repeated

FIRST_GROUP = 130_000_000
# Stays that were first grouped otherwise; design choice.
REGROUPED = 0.06


def drg_tables(chart: Chart) -> Drawn:
    """Return the final group of each stay, and for some the one before, taken back."""
    history, truth = chart.history, chart.history.truth
    rng, surgeries, encounters = history.streams.of("groups"), truth.surgeries, truth.encounters
    listed = list(catalogue().drgs)
    inpatient = np.isin(encounters.kind[truth.stay_of], INPATIENT_KINDS)
    done = np.flatnonzero(surgeries.performed & (surgeries.drg != "") & inpatient)
    again = done[rng.random(len(done)) < REGROUPED]
    row = np.r_[done, again]
    back = np.arange(len(row)) >= len(done)
    place = np.array([listed.index(drg) for drg in surgeries.drg[row]], dtype=np.int64)
    place = (place + back * rng.integers(1, len(listed), len(row))) % len(listed)
    stay = truth.stay_of[row]
    key = FIRST_GROUP + history.streams.spread(np.arange(len(row)))
    columns: Columns = {
        "DRG_ID": key,
        "ENCNTR_ID": chart.keys(stay),
        "PERSON_ID": chart.owner(stay),
        "NOMENCLATURE_ID": drg_terms(place),
        "SOURCE_VOCABULARY_CD": repeated("MS-DRG", len(row)),
        "DRG_PRIORITY": np.ones(len(row)),
        "ACTIVE_IND": active(back),
        "END_EFFECTIVE_DT_TM": open_until(back, encounters.start[stay] + DAY),
    }
    return Drawn({"DRG": columns}, [("drg-taken-back", "DRG", texts(key[back]))])
