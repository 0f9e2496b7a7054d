"""Coded care in Millennium: terms of vocabularies, diagnoses and procedures that lead to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ehrkit.synthetic.booking import midnight, texts
from ehrkit.synthetic.care.encounters import DAY
from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.codes import drug_concept
from ehrkit.synthetic.cerner.rows import OPEN, Drawn, active, open_until
from ehrkit.synthetic.clarity.billing import PX_NAMES
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_TERM, TERM_STEP = 900_000, 7
FIRST_DIAGNOSIS, FIRST_PROCEDURE = 100_000_000, 110_000_000
# ICD-10-CM split this code on 1 October 2024 (FY2025 addenda, CMS); older rows keep the old term.
RETIRED, SPLIT_INTO = "M51.36", "M51.360"
RETIRED_ON = np.datetime64("2024-10-01T00:00:00", "s")
# Diagnoses and procedures that were entered by mistake and taken back. Design choice.
WRONG_DIAGNOSIS, WRONG_PROCEDURE = 0.02, 0.15


@dataclass(frozen=True)
class Term:
    """One term: vocabulary as displayed, code, wording, concept."""

    vocabulary: str
    code: str
    wording: str
    concept: str


@cache
def terms() -> tuple[Term, ...]:
    """Return diagnoses by catalogue position, then the retired one, procedures, ingredients."""
    known = catalogue().diagnoses
    named = [*zip(known.codes, known.names, strict=True), (RETIRED, "Lumbar disc degeneration")]
    return (
        *(Term("ICD-10-CM", code, name, f"ICD10CM!{code}") for code, name in named),
        *(
            Term("ICD-10-PCS", code, PX_NAMES[code[:4]], f"ICD10PCS!{code}")
            for code in procedure_codes()
        ),
        *(
            Term("RxNorm", code, drug[1], drug_concept(drug[1]))
            for drug in catalogue().drugs.values()
            for code in drug[3]
        ),
    )


def nomenclature() -> Columns:
    """Return the terms of the site."""
    listed = terms()
    retired = np.array([term.code == RETIRED for term in listed])
    return {
        "NOMENCLATURE_ID": _term(np.arange(len(listed))),
        "SOURCE_IDENTIFIER": np.array([term.code for term in listed], dtype=object),
        "SOURCE_STRING": np.array([term.wording for term in listed], dtype=object),
        "SOURCE_VOCABULARY_CD": np.array([term.vocabulary for term in listed], dtype=object),
        "CONCEPT_CKI": np.array([term.concept for term in listed], dtype=object),
        "ACTIVE_IND": active(retired),
        "END_EFFECTIVE_DT_TM": open_until(retired, np.full(len(listed), RETIRED_ON)),
    }


def _term(place: Array) -> Array:
    return FIRST_TERM + TERM_STEP * place.astype(np.int64)


def coding_tables(chart: Chart) -> Drawn:
    """Return the diagnoses and procedures of one block."""
    diagnoses, wrong_diagnoses = _diagnoses(chart)
    procedures, wrong_procedures = _procedures(chart)
    planted = [
        ("diagnosis-taken-back", "DIAGNOSIS", wrong_diagnoses),
        ("procedure-taken-back", "PROCEDURE", wrong_procedures),
    ]
    return Drawn({"DIAGNOSIS": diagnoses, "PROCEDURE": procedures}, planted)


def _diagnoses(chart: Chart) -> tuple[Columns, Array]:
    """Return diagnoses and the keys of those that were taken back.

    Hospital encounters have an admitting diagnosis and final ones, other ones working ones.
    """
    history, known = chart.history, catalogue().diagnoses
    rng, encounters = history.streams.of("diagnosis rows"), history.truth.encounters
    coded = history.diagnoses.take(
        np.flatnonzero(chart.encounter[history.diagnoses.encounter] >= 0)
    )
    hospital = encounters.hospital()[coded.encounter]
    admitting = np.flatnonzero(hospital & (coded.line == 1))
    wrong = np.flatnonzero(rng.random(len(coded)) < WRONG_DIAGNOSIS)
    row = np.r_[np.arange(len(coded)), admitting, wrong]
    kind = np.repeat([0, 1, 2], [len(coded), len(admitting), len(wrong)])
    encounter = coded.encounter[row]
    start = encounters.start[encounter]
    concept = coded.concept[row].astype(np.int64)
    concept[kind == 2] = known.draw(rng, "excluded", len(wrong))
    split = (concept == known.codes.index(SPLIT_INTO)) & (start < RETIRED_ON)
    type_ = np.where(kind == 1, 0, np.where(hospital[row], 2, 1))
    key = FIRST_DIAGNOSIS + history.streams.spread(np.arange(len(row)))
    columns: Columns = {
        "DIAGNOSIS_ID": key,
        "ENCNTR_ID": chart.encounter[encounter],
        "PERSON_ID": chart.owner(encounter),
        "NOMENCLATURE_ID": _term(np.where(split, len(known.codes), concept)),
        "DIAG_TYPE_CD": Coded(np.array(["Admitting", "Working", "Final"], object), type_),
        "DIAG_PRIORITY": coded.line[row],
        "DIAG_DT_TM": start,
        "PRESENT_ON_ADMIT_CD": Coded(
            np.array(["Yes", "No"], object), np.where(type_ == 2, ~coded.present[row], -1)
        ),
        "ACTIVE_IND": active(kind == 2),
        "END_EFFECTIVE_DT_TM": open_until(kind == 2, start + DAY),
    }
    return columns, texts(key[kind == 2])


def _procedures(chart: Chart) -> tuple[Columns, Array]:
    """Return procedures and the keys of those that were taken back: fusions on other surgeries."""
    history, truth = chart.history, chart.history.truth
    rng, own, surgeries = history.streams.of("procedure rows"), history.procedures, truth.surgeries
    fusions = np.array(
        [place for place, code in enumerate(procedure_codes()) if code[:4] == "0SG0"]
    )
    other = surgeries.performed & (surgeries.kind != SurgeryKind.LUMBAR_FUSION)
    wrong = np.flatnonzero(other & (rng.random(len(surgeries)) < WRONG_PROCEDURE))
    surgery = np.r_[own.surgery, wrong]
    back = np.arange(len(surgery)) >= len(own)
    code = np.r_[own.code, rng.choice(fusions, len(wrong))]
    date = midnight(surgeries.date[surgery])
    key = FIRST_PROCEDURE + history.streams.spread(np.arange(len(surgery)))
    columns: Columns = {
        "PROCEDURE_ID": key,
        "ENCNTR_ID": chart.encounter[truth.stay_of[surgery]],
        "NOMENCLATURE_ID": _term(len(catalogue().diagnoses.codes) + 1 + code),
        "PROC_DT_TM": date,
        "PROC_PRIORITY": np.r_[own.line, np.ones(len(wrong), np.int64)],
        "ACTIVE_IND": active(back),
        "END_EFFECTIVE_DT_TM": np.where(back, date + 3 * DAY, OPEN),
    }
    return columns, texts(key[back])
