"""DRUG_STRENGTH: how much of each ingredient a unit of the site's drugs holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.omop.concepts import Concepts
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns

MILLIGRAM, MILLILITER = 8576, 8587
# The name tells the amounts in the order of the ingredients; one gram is 1,000 mg.
_AMOUNT = re.compile(r"([\d.]+) (MG/ML|MG|G)\b")


def drug_strengths(known: Concepts) -> Columns:
    """Return a row per drug and ingredient: mg in a unit, or mg in a milliliter of a liquid."""
    rows = sorted(_strengths(known))
    liquid = np.array([row[3] for row in rows])
    value = np.array([row[2] for row in rows])
    return {
        "drug_concept_id": np.array([row[0] for row in rows]),
        "ingredient_concept_id": np.array([row[1] for row in rows]),
        "amount_value": np.where(liquid, np.nan, value),
        "amount_unit_concept_id": _where(~liquid, MILLIGRAM),
        "numerator_value": np.where(liquid, value, np.nan),
        "numerator_unit_concept_id": _where(liquid, MILLIGRAM),
        "denominator_unit_concept_id": _where(liquid, MILLILITER),
    }


def _strengths(known: Concepts) -> Iterator[tuple[int, int, float, bool]]:
    for drug in catalogue().drugs.values():
        amounts = _AMOUNT.findall(drug[0])
        for ingredient, (amount, unit) in zip(drug[3], amounts, strict=True):
            milligrams = float(amount) * (1000 if unit == "G" else 1)
            own, other = known.number("SITE_DRUG", drug[0]), known.number("RxNorm", ingredient)
            yield own, other, milligrams, unit == "MG/ML"


def _where(mask: Array, number: int) -> Array:
    """Return the number where the mask holds; 0, no concept, elsewhere."""
    chosen: Array = np.where(mask, number, 0)
    return chosen
