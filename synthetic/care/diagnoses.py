"""Diagnoses of encounters: the reason for coming, what went wrong, what else was mentioned."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import CodedDiagnoses, seen
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Kind, Place
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array, rank_within, stable_order
from ehrkit.synthetic.streams import Streams

# Share of clinic visits at which long-term conditions are coded, and of conditions there and
# at emergency visits that end at home; design choice. Who stays has all of them coded.
CHRONIC_AT_OFFICE, MENTIONED = 0.08, 0.4


def code_diagnoses(truth: Truth, streams: Streams) -> CodedDiagnoses:
    """Return the reason for each visit, complications of the stay, chronic conditions.

    Complications of a surgery during its stay were not present on admission.
    """
    rng = streams.of("diagnoses")
    encounters, active = truth.encounters, seen(truth)
    called = encounters.kind == Kind.TELEPHONE
    main = np.flatnonzero(active & (encounters.reason >= 0) & ~called)
    rows, concept = _chronic(truth, active, rng)
    wrong = truth.complications.take(truth.complications.place == Place.STAY)
    encounter = np.r_[main, wrong.encounter, rows]
    concept = np.r_[encounters.reason[main], wrong.concept, concept]
    present = np.ones(len(encounter), bool)
    present[len(main) : len(main) + len(wrong)] = False
    order = stable_order(encounter)
    encounter = encounter[order]
    return CodedDiagnoses(encounter, rank_within(encounter), concept[order], present[order])


def _chronic(truth: Truth, active: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return encounters and concepts; who gave up smoking has a history of it instead."""
    encounters, known = truth.encounters, catalogue().diagnoses
    hospital = encounters.hospital()
    talks = (encounters.kind == Kind.OFFICE) | (encounters.kind == Kind.CONSULT)
    visit = talks & (encounters.service < 0)
    telling = active & (hospital | (visit & (rng.random(len(encounters)) < CHRONIC_AT_OFFICE)))
    rows = np.flatnonzero(telling)
    which, condition = np.nonzero(truth.traits.chronic[encounters.person[rows]])
    stays = hospital & (encounters.kind != Kind.EMERGENCY)
    mentioned = stays[rows[which]] | (rng.random(len(which)) < MENTIONED)
    rows, concept = rows[which[mentioned]], known.positions("chronic")[condition[mentioned]]
    gone = encounters.start[rows] >= truth.traits.quit[encounters.person[rows]]
    stopped = gone & (concept == known.concept("chronic", "F17.210"))
    return rows, np.where(stopped, known.concept("history", "Z87.891"), concept)
