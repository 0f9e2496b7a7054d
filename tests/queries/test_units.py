"""Units: published conversion factors, spellings, both ways back, mistakes."""

from __future__ import annotations

import math

import pytest

from ehrkit.core.errors import UsageError
from ehrkit.queries.vocabulary.units import Conversion, conversions, normalise_unit


def convert(value, unit, target, code=""):
    """Convert as a caller does: by the spelling and the code."""
    fits = [
        one
        for one in conversions(target)
        if one.unit == normalise_unit(unit) and (not one.codes or code in one.codes)
    ]
    if not fits:
        return None
    (only,) = fits
    return value * only.factor + only.offset


# As the AMA Manual of Style (11th edition, 2020) prints them; the tolerance is their rounding.
PUBLISHED = [
    ("2345-7", "mg/dL", "mmol/L", 0.0555),
    ("2160-0", "mg/dL", "umol/L", 88.4),
    ("3094-0", "mg/dL", "mmol/L", 0.357),
    ("2093-3", "mg/dL", "mmol/L", 0.0259),
    ("2571-8", "mg/dL", "mmol/L", 0.0113),
    ("1989-3", "ng/mL", "nmol/L", 2.496),
    ("17861-6", "mg/dL", "mmol/L", 0.25),
    ("19123-9", "mg/dL", "mmol/L", 0.411),
    ("19123-9", "mEq/L", "mmol/L", 0.5),
    ("2777-1", "mg/dL", "mmol/L", 0.323),
    ("1975-2", "mg/dL", "umol/L", 17.104),
    ("3084-1", "mg/dL", "umol/L", 59.485),
    ("2498-4", "ug/dL", "umol/L", 0.179),
    ("2524-7", "mg/dL", "mmol/L", 0.111),
    ("2132-9", "pg/mL", "pmol/L", 0.7378),
    ("2284-8", "ng/mL", "nmol/L", 2.266),
    ("718-7", "g/dL", "mmol/L", 0.6206),
    ("2951-2", "mEq/L", "mmol/L", 1),
    ("2823-3", "meq/l", "MMOL/L", 1),
    ("1751-7", "g/dL", "g/L", 10),
    ("1920-8", "U/L", "ukat/L", 0.0167),
]


@pytest.mark.parametrize(("code", "unit", "target", "factor"), PUBLISHED)
def test_published_factors(code, unit, target, factor):
    assert convert(1.0, unit, target, code) == pytest.approx(factor, rel=5e-3)
    assert convert(factor, target, unit, code) == pytest.approx(1.0, rel=5e-3)


@pytest.mark.parametrize(
    ("value", "unit", "target", "result"),
    [
        (98.6, "[degF]", "Cel", 37.0),
        (37.0, "°C", "F", 98.6),
        (310.15, "K", "Cel", 37.0),
        (150, "lbs", "kg", 68.0388555),
        (2400, "oz", "kg", 68.0388555),
        (70, "kg", "[lb_av]", 154.3235835),
        (70, "in", "cm", 177.8),
        (6, "FT", "m", 1.8288),
        (120, "mmHg", "kPa", 15.99868),
        (7.2, "K/uL", "10*9/L", 7.2),
        (7.2, "x10(3)/mcl", "10*3/uL", 7.2),
        (7200, "/uL", "10*3/uL", 7.2),
        (4.8, "M/uL", "10*12/L", 4.8),
        (0.41, "L/L", "%", 41.0),
        (30, "ng/mL", "ug/L", 30),
        (5, "mg/L", "mg/dL", 0.5),
        (5, " MG/DL ", "mg/dl", 5),
    ],
)
def test_units_of_one_scale(value, unit, target, result):
    assert convert(value, unit, target) == pytest.approx(result, rel=1e-6)


def test_haemoglobin_a1c_by_the_master_equation():
    # The NGSP's own table of pairs: 5 % is 31, 6 % is 42, 6.5 % is 48, 7 % is 53, 9 % is 75.
    for percent, ifcc in ((5.0, 31), (6.0, 42), (6.5, 48), (7.0, 53), (9.0, 75), (12.0, 108)):
        assert round(convert(percent, "%", "mmol/mol", "4548-4")) == ifcc
        back = convert(convert(percent, "%", "mmol/mol", "4548-4"), "mmol/mol", "%", "4548-4")
        assert back == pytest.approx(percent)


def test_what_needs_an_analyte_has_no_conversion_without_one():
    assert convert(100, "mg/dL", "mmol/L") is None
    assert convert(100, "mg/dL", "mmol/L", "1988-5") is None
    assert convert(6.5, "%", "mmol/mol", "4544-3") is None
    assert convert(1, "kg", "cm") is None


def test_the_target_itself_is_exact():
    for target in ("mg/dL", "[degF]", "kPa", "[lb_av]", "%"):
        own = [one for one in conversions(target) if one.unit == normalise_unit(target)]
        assert own == [Conversion(normalise_unit(target), 1.0, 0.0)]


@pytest.mark.parametrize("target", ["mg/dL", "mmol/L", "mEq/L", "%", "kg", "Cel", "10*3/uL"])
def test_no_code_has_two_conversions_of_one_spelling(target):
    seen = set()
    for one in conversions(target):
        assert one.unit == normalise_unit(one.unit)
        assert math.isfinite(one.factor)
        assert one.factor > 0
        keys = {(one.unit, code) for code in one.codes or ("",)}
        assert not keys & seen
        seen |= keys


def test_every_way_to_write_a_unit_is_one_unit():
    for target in ("mg/dL", "10*3/uL", "cm"):
        for one in conversions(target):
            if not one.codes:
                assert conversions(one.unit)


@pytest.mark.parametrize(
    ("wrong", "right"), [("mg/dk", "mg/dL"), ("mmol/", "mmol/L"), ("kgg", "kg")]
)
def test_a_misspelt_unit_is_answered_with_the_nearest(wrong, right):
    with pytest.raises(UsageError) as caught:
        conversions(wrong)
    assert caught.value.hint == f"Did you mean {right}?"
