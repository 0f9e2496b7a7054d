"""Diagnoses of encounters: the reason for coming, then what else was mentioned."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import CodedDiagnoses, seen
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.streams import Streams

# Share of clinic visits at which long-term conditions are coded, and of conditions there.
CHRONIC_AT_OFFICE, MENTIONED = 0.45, 0.4


def code_diagnoses(truth: Truth, streams: Streams) -> CodedDiagnoses:
    """Return the reason for each encounter, then the chronic conditions that were mentioned."""
    rng = streams.of("diagnoses")
    encounters, active = truth.encounters, seen(truth)
    main = np.flatnonzero(active & (encounters.reason >= 0))
    rows, concept = _chronic(truth, active, rng)
    encounter = np.r_[main, rows]
    concept = np.r_[encounters.reason[main], concept]
    order = np.argsort(encounter, kind="stable")
    present = np.ones(len(order), bool)
    return CodedDiagnoses(encounter[order], rank_within(encounter[order]), concept[order], present)


def _chronic(truth: Truth, active: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return encounters and concepts; who gave up smoking has a history of it instead."""
    encounters, known = truth.encounters, catalogue().diagnoses
    hospital = encounters.hospital()
    talks = (encounters.kind == Kind.OFFICE) | (encounters.kind == Kind.CONSULT)
    visit = talks & (encounters.service < 0)
    telling = active & (hospital | (visit & (rng.random(len(encounters)) < CHRONIC_AT_OFFICE)))
    rows = np.flatnonzero(telling)
    which, condition = np.nonzero(truth.traits.chronic[encounters.person[rows]])
    mentioned = hospital[rows[which]] | (rng.random(len(which)) < MENTIONED)
    rows, concept = rows[which[mentioned]], known.positions("chronic")[condition[mentioned]]
    gone = encounters.start[rows] >= truth.traits.quit[encounters.person[rows]]
    stopped = gone & (concept == known.concept("chronic", "F17.210"))
    return rows, np.where(stopped, known.concept("history", "Z87.891"), concept)
