"""Units of measurements and morphine equivalents, in a small table of their own."""

from __future__ import annotations

# Unit -> what it measures, and (number * factor + offset) in that quantity's base unit.
# The pound and the inch are exact: 1959 international yard and pound agreement.
UNITS = {
    "kg": ("mass", 1.0, 0.0),
    "g": ("mass", 0.001, 0.0),
    "[lb_av]": ("mass", 0.45359237, 0.0),
    "lbs": ("mass", 0.45359237, 0.0),
    "cm": ("length", 1.0, 0.0),
    "m": ("length", 100.0, 0.0),
    "[in_i]": ("length", 2.54, 0.0),
    "cel": ("temperature", 1.0, 0.0),
    "[degf]": ("temperature", 5 / 9, -160 / 9),
    "mg/dl": ("concentration", 1.0, 0.0),
    "g/dl": ("concentration", 1000.0, 0.0),
    "g/l": ("concentration", 100.0, 0.0),
    "mmol/l": ("amount", 1.0, 0.0),
    "umol/l": ("amount", 0.001, 0.0),
    "%": ("fraction", 1.0, 0.0),
    "mmol/mol": ("ratio", 1.0, 0.0),
}
# LOINC code -> from, to, and (number * factor + offset) from base unit to base unit. Glucose:
# 180.156 g/mol. Haemoglobin A1c: NGSP % = 0.09148 * IFCC + 2.152 (Hoelzel 2004).
BRIDGES = {
    ("2345-7", "amount", "concentration"): (18.0156, 0.0),
    ("2345-7", "concentration", "amount"): (1 / 18.0156, 0.0),
    ("4548-4", "ratio", "fraction"): (0.09148, 2.152),
    ("4548-4", "fraction", "ratio"): (1 / 0.09148, -2.152 / 0.09148),
}
# RxNorm ingredient -> factor of a milligram, and of a microgram an hour worn for three days.
# Source: CDC Clinical Practice Guideline for Prescribing Opioids, MMWR Recomm Rep 2022;71(RR-3).
MME = {
    "7052": 1.0,  # morphine
    "7804": 1.5,  # oxycodone
    "5489": 1.0,  # hydrocodone
    "2670": 0.15,  # codeine
    "10689": 0.2,  # tramadol
    "3423": 5.0,  # hydromorphone
    "7814": 3.0,  # oxymorphone
    "787390": 0.4,  # tapentadol
    "6813": 4.7,  # methadone
}
MILLIGRAMS = {"mg": 1.0, "mcg": 0.001, "g": 1000.0}
PATCH = {"4337": 2.4 * 3}  # fentanyl
PER_HOUR = ("mcg/hr", "mcg/h", "ug/h")


def told(unit):
    return None if unit is None else unit.strip().lower()


def convert(number, unit, wanted, code=None):
    """Return the number in the wanted unit, None where that is impossible."""
    if number is None or unit is None:
        return None
    if told(unit) == told(wanted):
        return number
    old, new = UNITS.get(told(unit)), UNITS.get(told(wanted))
    if old is None or new is None:
        return None
    bridge = (1.0, 0.0) if old[0] == new[0] else BRIDGES.get((code, old[0], new[0]))
    if bridge is None:
        return None
    return ((number * old[1] + old[2]) * bridge[0] + bridge[1] - new[2]) / new[1]


def over(amount, days):
    """Divide by days of supply; unknown where either is, or where there are no days."""
    return None if amount is None or not days else amount / days


def times(*factors):
    """Multiply; unknown where one factor is."""
    result = 1.0
    for one in factors:
        if one is None:
            return None
        result *= one
    return result


def doses(row):
    """Return daily_dose, total_mme and daily_mme of a medication row."""
    total = times(row.get("strength"), row.get("quantity"))
    mme = times(total, factor(row))
    supply = row.get("days_supply")
    return {"daily_dose": over(total, supply), "total_mme": mme, "daily_mme": over(mme, supply)}


def factor(row):
    """Return the morphine milligrams of one unit of strength, None where there is no factor."""
    if row["vocabulary"] != "rxnorm":
        return None
    unit = told(row.get("strength_unit"))
    if unit in PER_HOUR:
        return PATCH.get(row["code"])
    return times(MME.get(row["code"]), MILLIGRAMS.get(unit))
