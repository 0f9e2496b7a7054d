"""Morphine milligram equivalents (MME) of opioids by RxNorm ingredient.

Source: CDC Clinical Practice Guideline for Prescribing Opioids for Pain, 2022,
MMWR Recomm Rep 2022;71(3), the table of MME conversion factors; the RxNorm
ingredient numbers agree with the code system that CQFramework publishes for it
(opioid-mme-r4). The factors are for drugs taken by mouth and for fentanyl
through the skin; they say nothing of injections, and never how to change one
opioid for another.

Buprenorphine has no factor in the guideline. Neither has what its table does not
name, such as fentanyl in the cheek or nose: such a drug has no MME here.
"""

from __future__ import annotations

from dataclasses import dataclass

# A transdermal fentanyl system is worn for 72 hours (FDA label, section 2).
DAYS_OF_A_PATCH = 3

# RxNorm ingredient to its name and MME per milligram.
PER_MILLIGRAM = {
    "2670": ("codeine", 0.15),
    "5489": ("hydrocodone", 1.0),
    "3423": ("hydromorphone", 5.0),
    "6813": ("methadone", 4.7),
    "7052": ("morphine", 1.0),
    "7804": ("oxycodone", 1.5),
    "7814": ("oxymorphone", 3.0),
    "787390": ("tapentadol", 0.4),
    "10689": ("tramadol", 0.2),
}
# A day's MME per microgram an hour.
FENTANYL = ("4337", "fentanyl, transdermal", 2.4)

# Ways to write a strength, in lower case, and milligrams in one: of a tablet, or of one mL,
# where the quantity counts mL.
MILLIGRAMS = {
    "mg": 1.0,
    "g": 1000.0,
    "gm": 1000.0,
    "ug": 0.001,
    "mcg": 0.001,
    "mg/1": 1.0,
    "mg/ml": 1.0,
    "mg/5ml": 0.2,
    "mg/5 ml": 0.2,
}
PER_HOUR = ("ug/h", "ug/hr", "mcg/h", "mcg/hr", "mcg/hour")


@dataclass(frozen=True)
class Factor:
    """MME of an opioid whose strength is in a unit.

    Attributes:
        code: RxNorm ingredient.
        unit: the unit of strength, in lower case without blanks around.
        published: the guideline's factor: MME per mg, or a day's MME per microgram an hour.
        mme: MME of one dispensed unit (tablet, mL, patch) per unit of strength, so that
            strength * quantity * mme is the MME of all that was dispensed.
    """

    code: str
    name: str
    unit: str
    published: float
    mme: float


def _factors() -> tuple[Factor, ...]:
    found = [
        Factor(code, name, unit, published, published * milligrams)
        for code, (name, published) in PER_MILLIGRAM.items()
        for unit, milligrams in MILLIGRAMS.items()
    ]
    code, name, published = FENTANYL
    worn = published * DAYS_OF_A_PATCH
    found += [Factor(code, name, unit, published, worn) for unit in PER_HOUR]
    return tuple(found)


# One entry per ingredient and way to write its strength.
FACTORS = _factors()
