"""The code values of one site: the description's code sets with the numbers that the site drew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ehrkit.core.shapes import Category, Shape, shape
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.measured import SERVICES, all_measured
from ehrkit.synthetic.cerner.validity import OPEN, number_or_null
from ehrkit.synthetic.clarity.providers import LOCATIONS
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns
from ehrkit.synthetic.streams import Streams

SHAPE = "cerner-millennium"
# Names as schedulers pick them, by kind of surgery; the last one is what they pick by mistake.
SURGERY_NAMES = (
    "Fusion Spine Lumbar",
    "Fusion Spine Cervical",
    "Laminectomy Lumbar",
    "Fusion Sacroiliac Joint",
    "Arthrodesis Joint",
    "Irrigation Debridement Spine",
    "Exploration Spine",
)


@dataclass(frozen=True)
class Code:
    """One code before it has a number: its set by name, and what says what it means."""

    category: str
    display: str
    meaning: str = ""
    concept: str = ""


@cache
def listed_codes() -> tuple[Code, ...]:
    """Return every code that the site uses, those of the description first."""
    described = [
        Code(category.name, display, meaning)
        for category in shape(SHAPE).categories.values()
        for display, meaning in category.meanings.items()
    ]
    return (*described, *_places(), *_orderables(), *_events())


def _places() -> list[Code]:
    departments = catalogue().departments.values()
    services = dict.fromkeys(specialty for _, specialty, _ in departments)
    units = ("Emergency Department", "Inpatient Unit", "Observation Unit", "Operating Room")
    return [
        *(Code("MEDICAL_SERVICE", service) for service in services),
        *(Code("LOCATION", facility, "FACILITY") for facility in LOCATIONS),
        *(
            Code("LOCATION", name, "NURSEUNIT" if kind in units else "AMBULATORY")
            for name, _, kind in departments
        ),
    ]


def _orderables() -> list[Code]:
    generics = dict.fromkeys(drug[1] for drug in catalogue().drugs.values())
    return [
        *(Code("CATALOG", lab[0]) for lab in catalogue().labs.values()),
        *(Code("CATALOG", generic, "", drug_concept(generic)) for generic in generics),
        *(Code("CATALOG", name) for name in (*SERVICES.values(), *SURGERY_NAMES)),
    ]


def drug_concept(generic: str) -> str:
    """Return the concept that ties a drug of the site to its RxNorm terms in NOMENCLATURE."""
    return f"LOCAL!{generic}"


def _events() -> list[Code]:
    units = dict.fromkeys(one.unit for one in all_measured() if one.unit)
    return [
        *(Code("EVENT", one.display, "", one.concept) for one in all_measured()),
        *(Code("UNIT", unit) for unit in units),
    ]


def numbers(streams: Streams) -> Array:
    """Return the code values of a site, in the order of `listed_codes()`."""
    rng = streams.of_site("code values")
    ascending = 1000 + np.cumsum(rng.integers(1, 5000, len(listed_codes())))
    drawn: Array = rng.permutation(ascending)
    return drawn


def site_shape(streams: Streams) -> Shape:
    """Return the description with the numbers of this site in its code sets."""
    described = shape(SHAPE)
    values: dict[str, dict[str, int]] = {name: {} for name in described.categories}
    for code, number in zip(listed_codes(), numbers(streams).tolist(), strict=True):
        values[code.category][code.display] = number
    categories: dict[str, Category] = {
        name: replace(category, values=values[name])
        for name, category in described.categories.items()
    }
    return replace(described, categories=categories)


def code_values(streams: Streams) -> Columns:
    """Return the table of all codes of the site."""
    codes, sets = listed_codes(), shape(SHAPE).categories
    display = np.array([code.display for code in codes], dtype=object)
    return {
        "CODE_VALUE": number_or_null(numbers(streams)),
        "CODE_SET": np.array([sets[code.category].code_set for code in codes]),
        "DISPLAY": display,
        "DESCRIPTION": display,
        "CDF_MEANING": np.array([code.meaning for code in codes], dtype=object),
        "CONCEPT_CKI": np.array([code.concept for code in codes], dtype=object),
        "ACTIVE_IND": np.ones(len(codes)),
        "END_EFFECTIVE_DT_TM": np.full(len(codes), OPEN),
    }
