"""What CLINICAL_EVENT can hold: a display of the site, a LOINC code where there is one, a unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ehrkit.synthetic.care.vocabulary import Service
from ehrkit.synthetic.catalogue import catalogue

# LOINC codes of body size and of smoking status are general knowledge.
SIZES = (
    ("Height/Length Measured", "8302-2", "cm"),
    ("Weight Measured", "29463-7", "kg"),
    ("Body Mass Index Measured", "39156-5", "kg/m2"),
)
SMOKING = ("Smoking Status", "72166-2", "")
# Order and event of each service carry one name.
SERVICES = {
    Service.PHYSICAL_THERAPY: "Physical Therapy Treatment",
    Service.EPIDURAL_INJECTION: "Epidural Steroid Injection",
    Service.FACET_INJECTION: "Facet Joint Injection",
    Service.XRAY_SPINE: "XR Spine",
    Service.MRI_SPINE: "MRI Spine",
    Service.CT_SPINE: "CT Spine",
}


@dataclass(frozen=True)
class Measured:
    """One kind of event; `concept` is as in CODE_VALUE, empty where no code is known."""

    display: str
    concept: str
    unit: str


@cache
def measured() -> dict[str, tuple[Measured, ...]]:
    """Return the kinds of event by group, each group in the order of the truth's positions."""
    known = catalogue()
    return {
        "labs": tuple(_one(row[0], row[2], row[3]) for row in known.labs.values()),
        "sizes": tuple(_one(*size) for size in SIZES),
        "vitals": tuple(_one(row[0], row[2], row[3]) for row in known.vitals.values()),
        "instruments": tuple(_one(row[0], row[2], row[3]) for row in known.instruments.values()),
        "smoking": (_one(*SMOKING),),
        "services": tuple(_one(name, "", "") for name in SERVICES.values()),
    }


def all_measured() -> list[Measured]:
    """Return all kinds of event."""
    return [one for group in measured().values() for one in group]


def first(group: str) -> int:
    """Return the place of a group's first kind among all kinds."""
    names = list(measured())
    return sum(len(measured()[name]) for name in names[: names.index(group)])


def _one(display: str, loinc: str, unit: str) -> Measured:
    return Measured(display, f"LOINC!{loinc}" if loinc else "", unit)
