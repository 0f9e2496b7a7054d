"""The concepts of the CDM: OHDSI's own numbers where they are certain, else numbers of this site.

OHDSI keeps numbers above 2,000,000,000 for concepts that a site adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.catalogue import catalogue, read_data
from ehrkit.synthetic.clarity.billing import PX_NAMES
from ehrkit.synthetic.rows import Array

FIRST_LOCAL, BLOCK = 2_000_000_000, 100_000
# Vocabularies whose codes get numbers of this site, each from its own block.
LOCAL = ("ICD10CM", "ICD10PCS", "DRG", "LOINC", "RxNorm", "SITE_DRUG", "SITE_DEVICE")
UNKNOWN = 0
# Device characters of ICD-10-PCS that name an implant of metal or plastic.
DEVICES = {"A": "Interbody fusion device", "4": "Internal fixation device"}


@dataclass(frozen=True)
class Concept:
    """One row of the concept table; `standard` is S or empty."""

    number: int
    name: str
    domain: str
    vocabulary: str
    kind: str
    standard: str
    code: str


@dataclass(frozen=True)
class Concepts:
    """Every concept, the standard one of each ICD-10-CM code, and who is above whom.

    `parents` holds (child, parent) numbers of codes that begin with another one.
    """

    rows: tuple[Concept, ...]
    numbers: Mapping[tuple[str, str], int]
    maps: Mapping[str, int]
    parents: tuple[tuple[int, int], ...]

    def number(self, vocabulary: str, code: str) -> int:
        """Return the number of a code, or 0 where there is none."""
        return self.numbers.get((vocabulary, code), UNKNOWN)

    def many(self, vocabulary: str, codes: Iterable[str]) -> Array:
        """Return the number of each code."""
        return np.array([self.number(vocabulary, code) for code in codes], dtype=np.int64)

    def standards(self, codes: Iterable[str]) -> Array:
        """Return the standard concept of each ICD-10-CM code, 0 where none is certain."""
        return np.array([self.maps.get(code, UNKNOWN) for code in codes], dtype=np.int64)


@cache
def concepts() -> Concepts:
    """Return the concepts of this site."""
    data = read_data("omop/concepts.toml")
    rows = [Concept(int(number), *row) for number, row in data["concepts"].items()]
    numbers = {(row.vocabulary, row.code): row.number for row in rows}
    used = dict.fromkeys(LOCAL, 0)
    for vocabulary, code, name, domain, kind, standard in _site_codes():
        if (vocabulary, code) in numbers:
            continue
        number = FIRST_LOCAL + BLOCK * (1 + LOCAL.index(vocabulary)) + used[vocabulary]
        used[vocabulary] += 1
        numbers[vocabulary, code] = number
        rows.append(Concept(number, name, domain, vocabulary, kind, standard, code))
    return Concepts(tuple(rows), numbers, data["maps"], tuple(_parents(numbers)))


def _site_codes() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield vocabulary, code, name, domain, class and S of all that the catalogue holds."""
    known = catalogue()
    yield from _diagnosis_codes()
    for code in procedure_codes():
        yield "ICD10PCS", code, PX_NAMES[code[:4]], "Procedure", "ICD10PCS", "S"
    for stem in sorted({code[:4] for code in procedure_codes()}):
        yield "ICD10PCS", stem, PX_NAMES[stem], "Procedure", "ICD10PCS Hierarchy", "S"
    for table in sorted({code[:3] for code in procedure_codes()}):
        name = f"Procedures of table {table}"
        yield "ICD10PCS", table, name, "Procedure", "ICD10PCS Hierarchy", "S"
    for number, group in known.drgs.items():
        yield "DRG", str(number), group[0], "Observation", "MS-DRG", "S"
    for lab in known.labs.values():
        yield "LOINC", lab[2], lab[0].capitalize(), "Measurement", "Lab Test", "S"
    for name, code in documents().items():
        yield "LOINC", code, name, "Note", "Doc Kind", "S"
    for drug in known.drugs.values():
        yield "SITE_DRUG", drug[0], drug[0].capitalize(), "Drug", "Drug", ""
        for ingredient in drug[3]:
            yield "RxNorm", ingredient, drug[1], "Drug", "Ingredient", "S"
    for code, name in DEVICES.items():
        yield "SITE_DEVICE", code, name, "Device", "Device", ""


def _diagnosis_codes() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield the diagnoses of the catalogue, then the shorter codes above them."""
    known = catalogue().diagnoses
    names = dict(zip(reversed(known.codes), reversed(known.names), strict=True))
    for code in sorted(names):
        yield "ICD10CM", code, names[code], "Condition", "ICD10 code", ""
    shorter = {above for code in names for above in _above(code)} - set(names)
    for stem in sorted(shorter):
        name = f"Diagnoses that begin with {stem}"
        yield "ICD10CM", stem, name, "Condition", "ICD10 Hierarchy", ""


def _above(code: str) -> list[str]:
    """Return the shorter codes that a diagnosis begins with, nearest first: M48.06, M48.0, M48."""
    shorter = [code[:size] for size in range(len(code) - 1, 2, -1) if size != 4]
    # X only keeps a place, so no code ends in it.
    return [one for one in shorter if not one.endswith("X")]


def _parents(numbers: Mapping[tuple[str, str], int]) -> Iterator[tuple[int, int]]:
    for (vocabulary, code), number in numbers.items():
        above = _above(code) if vocabulary == "ICD10CM" else [code[:4], code[:3]]
        if vocabulary in ("ICD10CM", "ICD10PCS"):
            nearest = (one for one in above if one != code and (vocabulary, one) in numbers)
            yield from ((number, numbers[vocabulary, one]) for one in list(nearest)[:1])


def documents() -> dict[str, str]:
    """Return the LOINC kind of document of each kind of note."""
    return dict(read_data("omop/concepts.toml")["documents"])
