"""The vocabulary tables: concepts, how they relate, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.omop.concepts import LOCAL, Concepts, concepts
from ehrkit.synthetic.omop.strengths import drug_strengths
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns, repeated
from ehrkit.synthetic.spec import EXTRACT

FIRST_DAY, LAST_DAY = np.datetime64("1970-01-01"), np.datetime64("2099-12-31")
VOCABULARY_NAMES = {
    "ICD10CM": "ICD-10-CM (NCHS and CMS)",
    "ICD10PCS": "ICD-10-PCS (CMS)",
    "DRG": "MS-DRG (CMS)",
    "LOINC": "LOINC (Regenstrief Institute)",
    "RxNorm": "RxNorm (NLM)",
    "SNOMED": "SNOMED CT",
    "UCUM": "Unified Code for Units of Measure",
    "SITE_DRUG": "Drugs of this site",
    "SITE_DEVICE": "Devices of this site",
    "SITE_SERVICE": "Therapy, injections and images of this site",
    "SITE_SURVEY": "Questionnaires of this site",
}
# An emergency visit that became an admission is both.
VISIT_PARENTS = ((262, 9201), (262, 9203))


def vocabulary_tables() -> dict[str, Columns]:
    """Return the vocabulary tables of the site."""
    known = concepts()
    strengths = drug_strengths(known)
    return {
        "concept": _concepts(known),
        "concept_relationship": _relationships(known),
        "concept_ancestor": _ancestors(known),
        "drug_strength": {**strengths, **_validity(len(strengths["drug_concept_id"]))},
        "vocabulary": _vocabularies(known),
        "cdm_source": _source(),
    }


def _texts(values: Iterable[str]) -> Array:
    return np.array(list(values), dtype=object)


def _validity(size: int) -> Columns:
    return {
        "valid_start_date": np.full(size, FIRST_DAY),
        "valid_end_date": np.full(size, LAST_DAY),
    }


def _first_days(known: Concepts) -> Array:
    """Return the day from which each concept's code is valid, where the catalogue knows it."""
    listed = catalogue().diagnoses
    since = dict(zip(listed.codes, listed.since, strict=True))
    days = [since.get(row.code) if row.vocabulary == "ICD10CM" else None for row in known.rows]
    return np.array(
        [FIRST_DAY if day is None or np.isnat(day) else day for day in days], dtype="datetime64[D]"
    )


def _concepts(known: Concepts) -> Columns:
    rows = known.rows
    return {
        "concept_id": np.array([row.number for row in rows]),
        "concept_name": _texts(row.name for row in rows),
        "domain_id": _texts(row.domain for row in rows),
        "vocabulary_id": _texts(row.vocabulary for row in rows),
        "concept_class_id": _texts(row.kind for row in rows),
        "standard_concept": _texts(row.standard for row in rows),
        "concept_code": _texts(row.code for row in rows),
        **_validity(len(rows)),
        "valid_start_date": _first_days(known),
    }


def _relationships(known: Concepts) -> Columns:
    """Return both directions of each relationship; a standard concept maps to itself."""
    mapped = [(row.number, row.number) for row in known.rows if row.standard]
    mapped += [(known.number("ICD10CM", code), to) for code, to in known.maps.items()]
    mapped += [(known.number("SITE_SERVICE", name), to) for name, to in known.services.items()]
    for drug in catalogue().drugs.values():
        own = known.number("SITE_DRUG", drug[0])
        mapped += [(own, known.number("RxNorm", code)) for code in drug[3]]
    pairs = [(*pair, "Maps to") for pair in mapped]
    pairs += [(to, one, "Mapped from") for one, to in mapped]
    pairs += [(*pair, "Is a") for pair in known.parents]
    pairs += [(above, below, "Subsumes") for below, above in known.parents]
    pairs = sorted({pair for pair in pairs if pair[0] and pair[1]})
    return {
        "concept_id_1": np.array([pair[0] for pair in pairs]),
        "concept_id_2": np.array([pair[1] for pair in pairs]),
        "relationship_id": _texts(pair[2] for pair in pairs),
        **_validity(len(pairs)),
    }


def _ancestors(known: Concepts) -> Columns:
    """Return every standard concept below itself and below all above it, with the distance."""
    standard = {row.number for row in known.rows if row.standard}
    above: dict[int, list[int]] = {}
    for below, over in (*known.parents, *VISIT_PARENTS):
        above.setdefault(below, []).append(over)
    rows = []
    for number in sorted(standard):
        reached, distance = [number], 0
        while reached:
            rows += [(one, number, distance) for one in sorted(set(reached) & standard)]
            reached = [over for one in reached for over in above.get(one, [])]
            distance += 1
    levels = np.array([row[2] for row in rows])
    return {
        "ancestor_concept_id": np.array([row[0] for row in rows]),
        "descendant_concept_id": np.array([row[1] for row in rows]),
        "min_levels_of_separation": levels,
        "max_levels_of_separation": levels,
    }


def _vocabularies(known: Concepts) -> Columns:
    names = sorted({row.vocabulary for row in known.rows} | set(LOCAL))
    return {
        "vocabulary_id": _texts(names),
        "vocabulary_name": _texts(VOCABULARY_NAMES.get(name, name) for name in names),
        "vocabulary_reference": repeated(
            "codes that this database uses, and no others", len(names)
        ),
        "vocabulary_version": repeated("subset made by ehrkit", len(names)),
        "vocabulary_concept_id": np.zeros(len(names), np.int64),
    }


def _source() -> Columns:
    """Return the one row that says what this database is."""
    told = {
        "cdm_source_name": "Synthetic spine site",
        "cdm_source_abbreviation": "ehrkit-synth",
        "cdm_holder": "nobody: all of it is made up",
        "source_description": "The same truth as the Clarity shape of this site, as a loader would "
        "bring it into the CDM. No row is about a real person.",
        "source_documentation_reference": "core/shapes/omop-5.4/tables.toml",
        "cdm_etl_reference": "synthetic/omop",
        "cdm_version": "5.4",
        "vocabulary_version": "subset made by ehrkit",
    }
    day = np.array([EXTRACT])
    return {
        **{name: _texts([text]) for name, text in told.items()},
        "source_release_date": day,
        "cdm_release_date": day,
        "cdm_version_concept_id": np.array([756265]),
    }
