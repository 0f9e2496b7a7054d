"""Morphine equivalents: the guideline's own examples, the set of codes, what has no factor."""

from __future__ import annotations

import pytest

from ehrkit.queries.vocabulary.codesets import load_code_sets
from ehrkit.queries.vocabulary.opioids import FACTORS


def total(code, strength, unit, quantity):
    (factor,) = [one for one in FACTORS if (one.code, one.unit) == (code, unit)]
    return strength * quantity * factor.mme


@pytest.mark.parametrize(
    ("code", "strength", "unit", "quantity", "days", "daily"),
    [
        # The guideline's two worked examples: four hydrocodone 5 mg a day are 20 MME, two
        # extended-release oxycodone 10 mg a day are 30.
        ("5489", 5, "mg", 120, 30, 20),
        ("7804", 10, "mg", 60, 30, 30),
        # 25 micrograms an hour are 60 MME a day: ten patches for thirty days.
        ("4337", 25, "mcg/hr", 10, 30, 60),
        ("10689", 50, "mg", 28, 7, 40),
        ("2670", 30, "mg", 12, 3, 18),
        ("3423", 2, "mg", 20, 5, 40),
        ("6813", 10, "mg/5ml", 300, 30, 94),
        ("7052", 15, "mg", 60, 30, 30),
        ("7814", 5, "mg", 8, 2, 60),
        ("787390", 50, "mg", 8, 2, 80),
    ],
)
def test_daily_equivalents(code, strength, unit, quantity, days, daily):
    assert total(code, strength, unit, quantity) / days == pytest.approx(daily)


def test_one_factor_for_each_ingredient_and_unit():
    keys = [(one.code, one.unit) for one in FACTORS]
    assert len(keys) == len(set(keys))
    assert all(unit == unit.strip().lower() for _, unit in keys)


def test_the_code_set_names_what_has_a_factor():
    opioids = load_code_sets()["opioids"]
    assert {one.pattern for one in opioids.include["rxnorm"]} == {one.code for one in FACTORS}
    assert not opioids.matches("rxnorm", "1819")


def test_fentanyl_has_a_factor_by_the_hour_alone():
    assert {one.unit for one in FACTORS if one.code == "4337"}.isdisjoint({"mg", "mcg", "ug"})
