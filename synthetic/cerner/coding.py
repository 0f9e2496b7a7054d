"""Coded care in Millennium: diagnoses and procedures of encounters, and the problem list."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight, texts
from ehrkit.synthetic.care.encounters import DAY
from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.terms import diagnosis_terms, procedure_terms
from ehrkit.synthetic.cerner.validity import OPEN, active, open_until
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_DIAGNOSIS, FIRST_PROCEDURE, FIRST_PROBLEM = 100_000_000, 110_000_000, 120_000_000
ADMITTING, WORKING, FINAL = range(3)
TYPES = np.array(["Admitting", "Working", "Final"], dtype=object)
# Diagnoses, procedures and problems that were entered by mistake and taken back. Design choice.
WRONG_DIAGNOSIS, WRONG_PROCEDURE, WRONG_PROBLEM = 0.02, 0.15, 0.02


def coding_tables(chart: Chart) -> Drawn:
    """Return the coded tables of one block."""
    diagnoses, wrong_diagnoses = _diagnoses(chart)
    procedures, wrong_procedures = _procedures(chart)
    problems, wrong_problems = _problems(chart)
    planted = [
        ("diagnosis-taken-back", "DIAGNOSIS", wrong_diagnoses),
        ("procedure-taken-back", "PROCEDURE", wrong_procedures),
        ("problem-taken-back", "PROBLEM", wrong_problems),
    ]
    tables = {"DIAGNOSIS": diagnoses, "PROCEDURE": procedures, "PROBLEM": problems}
    return Drawn(tables, planted)


def _diagnoses(chart: Chart) -> tuple[Columns, Array]:
    """Return diagnoses and the keys of those that were taken back.

    Hospital encounters have an admitting diagnosis and final ones, other ones working ones.
    """
    history, encounters = chart.history, chart.history.truth.encounters
    rng = history.streams.of("diagnosis rows")
    booked = chart.encounter[history.diagnoses.encounter] >= 0
    coded = history.diagnoses.take(np.flatnonzero(booked))
    hospital = encounters.hospital()[coded.encounter]
    admitting = np.flatnonzero(hospital & (coded.line == 1))
    wrong = np.flatnonzero(rng.random(len(coded)) < WRONG_DIAGNOSIS)
    row = np.r_[np.arange(len(coded)), admitting, wrong]
    part = np.repeat([0, 1, 2], [len(coded), len(admitting), len(wrong)])
    encounter, back = coded.encounter[row], part == 2
    start = encounters.start[encounter]
    concept = coded.concept[row].astype(np.int64)
    concept[back] = catalogue().diagnoses.draw(rng, "excluded", len(wrong))
    type_ = np.where(part == 1, ADMITTING, np.where(hospital[row], FINAL, WORKING))
    key = FIRST_DIAGNOSIS + history.streams.spread(np.arange(len(row)))
    columns: Columns = {
        "DIAGNOSIS_ID": key,
        "ENCNTR_ID": chart.keys(encounter),
        "PERSON_ID": chart.owner(encounter),
        "NOMENCLATURE_ID": diagnosis_terms(concept, start),
        "DIAG_TYPE_CD": Coded(TYPES, type_),
        "DIAG_PRIORITY": coded.line[row],
        "DIAG_DT_TM": start,
        "PRESENT_ON_ADMIT_CD": Coded(
            np.array(["No", "Yes"], object), np.where(type_ == FINAL, coded.present[row], -1)
        ),
        "ACTIVE_IND": active(back),
        "END_EFFECTIVE_DT_TM": open_until(back, start + DAY),
    }
    return columns, texts(key[back])


def _procedures(chart: Chart) -> tuple[Columns, Array]:
    """Return procedures and the keys of those that were taken back: fusions on other surgeries."""
    history, truth = chart.history, chart.history.truth
    rng, own, surgeries = history.streams.of("procedure rows"), history.procedures, truth.surgeries
    fusions = np.flatnonzero([code.startswith("0SG0") for code in procedure_codes()])
    other = surgeries.performed & (surgeries.kind != SurgeryKind.LUMBAR_FUSION)
    wrong = np.flatnonzero(other & (rng.random(len(surgeries)) < WRONG_PROCEDURE))
    surgery = np.r_[own.surgery, wrong]
    back = np.arange(len(surgery)) >= len(own)
    date = midnight(surgeries.date[surgery])
    key = FIRST_PROCEDURE + history.streams.spread(np.arange(len(surgery)))
    columns: Columns = {
        "PROCEDURE_ID": key,
        "ENCNTR_ID": chart.keys(truth.stay_of[surgery]),
        "NOMENCLATURE_ID": procedure_terms(np.r_[own.code, rng.choice(fusions, len(wrong))]),
        "PROC_DT_TM": date,
        "PROC_PRIORITY": np.r_[own.line, np.ones(len(wrong), np.int64)],
        "ACTIVE_IND": active(back),
        "END_EFFECTIVE_DT_TM": np.where(back, date + 3 * DAY, OPEN),
    }
    return columns, texts(key[back])


def _problems(chart: Chart) -> tuple[Columns, Array]:
    """Return the problem list under the surviving record, and what was taken off as a mistake."""
    history, own = chart.history, chart.history.problems
    rng = history.streams.of("problem rows")
    wrong = np.flatnonzero(rng.random(len(own)) < WRONG_PROBLEM)
    row = np.r_[np.arange(len(own)), wrong]
    back = np.arange(len(row)) >= len(own)
    concept = own.concept[row].astype(np.int64)
    concept[back] = catalogue().diagnoses.draw(rng, "excluded", len(wrong))
    noted = midnight(own.noted[row])
    resolved = np.where(back, np.datetime64("NaT", "s"), midnight(own.resolved[row]))
    key = FIRST_PROBLEM + history.streams.spread(np.arange(len(row)))
    columns: Columns = {
        "PROBLEM_INSTANCE_ID": key,
        "PROBLEM_ID": key,
        "PERSON_ID": chart.person[own.person[row]],
        "NOMENCLATURE_ID": diagnosis_terms(concept, noted),
        "LIFE_CYCLE_STATUS_CD": Coded(
            np.array(["Active", "Resolved"], object), (~np.isnat(resolved)).astype(np.int8)
        ),
        "ONSET_DT_TM": noted,
        "ACTUAL_RESOLUTION_DT_TM": resolved,
        "ACTIVE_IND": active(back),
        "END_EFFECTIVE_DT_TM": open_until(back, noted + DAY),
    }
    return columns, texts(key[back])
