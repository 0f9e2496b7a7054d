"""NOMENCLATURE of Millennium: the terms that diagnoses, problems, procedures and drugs lead to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.codes import drug_concept
from ehrkit.synthetic.cerner.validity import OPEN, active
from ehrkit.synthetic.clarity.billing import PX_NAMES
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns

FIRST_TERM, TERM_STEP = 900_000, 7


@dataclass(frozen=True)
class Term:
    """One term: vocabulary as displayed, code, wording, concept, and when it was retired."""

    vocabulary: str
    code: str
    wording: str
    concept: str
    retired: np.datetime64 = OPEN


@cache
def terms() -> tuple[Term, ...]:
    """Return diagnoses by place in the dated codes, then procedures, DRGs, and ingredients."""
    ingredients = {
        (drug[1], code): Term("RxNorm", code, drug[1], drug_concept(drug[1]))
        for drug in catalogue().drugs.values()
        for code in drug[3]
    }
    procedures = [
        Term("ICD-10-PCS", code, PX_NAMES[code[:4]], f"ICD10PCS!{code}")
        for code in procedure_codes()
    ]
    groups = [
        Term("MS-DRG", number, row[0], f"MSDRG!{number}")
        for number, row in catalogue().drgs.items()
    ]
    return (*_diagnoses(), *procedures, *groups, *ingredients.values())


def _diagnoses() -> list[Term]:
    """Return terms of all codes; one that was replaced keeps a wording, and was retired."""
    known = catalogue().diagnoses
    size = len(known.codes)
    names = [*known.names, *([""] * (len(known.dated_codes) - size))]
    retired = np.full(len(names), OPEN)
    for concept in np.flatnonzero(known.older != np.arange(size)).tolist():
        names[known.older[concept]] = known.names[concept]
        retired[known.older[concept]] = known.since[concept]
    return [
        Term("ICD-10-CM", code, name, f"ICD10CM!{code}", when)
        for code, name, when in zip(known.dated_codes, names, retired, strict=True)
    ]


def diagnosis_terms(concept: Array, day: Array) -> Array:
    """Return NOMENCLATURE_ID of concepts, with the codes that were valid on each day."""
    return _key(catalogue().diagnoses.code_at(concept, day))


def procedure_terms(code: Array) -> Array:
    """Return NOMENCLATURE_ID of positions in `procedure_codes()`."""
    return _key(len(catalogue().diagnoses.dated_codes) + code)


def drg_terms(place: Array) -> Array:
    """Return NOMENCLATURE_ID of positions in the catalogue's DRGs."""
    return _key(len(catalogue().diagnoses.dated_codes) + len(procedure_codes()) + place)


def _key(place: Array) -> Array:
    return FIRST_TERM + TERM_STEP * place.astype(np.int64)


def nomenclature() -> Columns:
    """Return the terms of the site."""
    listed = terms()
    ended = np.array([term.retired for term in listed], dtype="datetime64[s]")
    return {
        "NOMENCLATURE_ID": _key(np.arange(len(listed))),
        "SOURCE_IDENTIFIER": np.array([term.code for term in listed], dtype=object),
        "SOURCE_STRING": np.array([term.wording for term in listed], dtype=object),
        "SOURCE_VOCABULARY_CD": np.array([term.vocabulary for term in listed], dtype=object),
        "CONCEPT_CKI": np.array([term.concept for term in listed], dtype=object),
        "ACTIVE_IND": active(ended < OPEN),
        "END_EFFECTIVE_DT_TM": ended,
    }
