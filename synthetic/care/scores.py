"""What patients report around spine surgery: PROMIS and Oswestry scores and their course."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Scores, seen
from ehrkit.synthetic.care.encounters import DAY, MINUTE
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import SPINE_KINDS, Kind, SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.streams import Streams

# Share of visits at which a questionnaire is answered; design choice.
ANSWERED = 0.75
# Mean by days from surgery. A design choice near published lumbar series: function falls a
# little before surgery, is worst in the first weeks, and is better from three months on.
DAYS = (-90, -1, 15, 43, 92, 183, 365, 730)
COURSE = {
    "promis_physical_function": (36.5, 35.5, 33.5, 37.5, 41.0, 42.5, 43.5, 43.0),
    "promis_pain_interference": (66.0, 67.0, 65.0, 61.0, 58.5, 57.5, 57.0, 57.5),
    "oswestry": (45.0, 47.0, 48.0, 36.5, 29.0, 25.0, 22.5, 23.5),
}
# Standard deviation of how well a person does, as a share of the mean change.
RESPONSE = 0.45
NOISE = 0.45
# Who does badly by one instrument does by the others: direction of each, and shares of the
# deviation that are common and an instrument's own (their squares add up to one). Gives
# correlations of 0.64, in the published range of 0.5 to 0.8 (general knowledge).
SIGNS = {"promis_physical_function": -1, "promis_pain_interference": 1, "oswestry": 1}
COMMON, OWN = 0.8, 0.6


def draw_scores(truth: Truth, streams: Streams) -> Scores:
    """Return the scores at visits to the surgeon, before surgery and after.

    The Oswestry index is about the low back: nobody is asked after surgery of the neck.
    """
    rng = streams.of("scores")
    encounters, surgeries = truth.encounters, truth.surgeries
    linked = seen(truth) & (encounters.surgery >= 0) & (encounters.service < 0)
    clinic = linked & np.isin(encounters.kind, (Kind.CONSULT, Kind.OFFICE))
    clinic &= encounters.department != catalogue().department("PREOP_CLINIC")
    rows = np.flatnonzero(clinic & (rng.random(len(encounters)) < ANSWERED))
    rows = rows[np.isin(surgeries.kind[encounters.surgery[rows]], SPINE_KINDS)]
    surgery, instruments = encounters.surgery[rows], list(catalogue().instruments)
    since = (encounters.start[rows] - surgeries.date[surgery].astype("datetime64[s]")) / DAY
    common = rng.standard_normal(len(surgeries))[:, None] * [SIGNS[name] for name in instruments]
    level = COMMON * common + OWN * rng.standard_normal((len(surgeries), len(instruments)))
    response = 1 + RESPONSE * rng.standard_normal(len(surgeries))
    values = np.empty((len(rows), len(instruments)))
    for place, name in enumerate(instruments):
        spread, lowest, highest, decimals = catalogue().instruments[name][4:]
        before = np.interp(np.minimum(since, 0), DAYS, COURSE[name])
        change = np.interp(since, DAYS, COURSE[name]) - before
        value = before + change * response[surgery] + spread * level[surgery, place]
        value += NOISE * spread * rng.standard_normal(len(rows))
        values[:, place] = np.round(np.clip(value, lowest, highest), decimals)
    time = encounters.start[rows] + rng.integers(1, 12, len(rows)) * MINUTE
    asked = np.ones(values.shape, bool)
    neck = surgeries.kind[surgery] == SurgeryKind.CERVICAL_FUSION
    asked[neck, instruments.index("oswestry")] = False
    which, instrument = np.nonzero(asked)
    return Scores(rows[which], instrument.astype(np.int8), time[which], values[which, instrument])
