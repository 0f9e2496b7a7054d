"""The rows of OMOP tables that are wrong, or a guess, on purpose."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.omop.concepts import concepts
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.spec import CHART_START


def planted_rows(loading: Loading) -> Planted:
    """Return what of the planted trouble a loader cannot take away."""
    history = loading.history
    records, csn = history.records, history.booking.csn
    unfinished = np.flatnonzero(loading.unfinished)
    in_house = np.isnat(history.truth.encounters.end[unfinished])
    twice = len(history.truth.people) + np.flatnonzero(~records.merged)
    found = [
        ("duplicate-not-merged", "person", texts(loading.number[twice])),
        ("discharge-missing", "visit_occurrence", texts(csn[unfinished[~in_house]])),
        ("in-house-at-extract", "visit_occurrence", texts(csn[unfinished[in_house]])),
    ]
    return found + _site() if history.streams.block == 0 else found


def _site() -> Planted:
    """Return concepts of codes that stand on older visits too, as today's map of codes has it."""
    diagnoses = catalogue().diagnoses
    newer = sorted(
        {
            code
            for code, day in zip(diagnoses.codes, diagnoses.since, strict=True)
            if day > CHART_START
        }
    )
    return [("superseded-code", "concept", texts(concepts().many("ICD10CM", newer)))]
