"""Units of measurements and morphine equivalents, in a small table of their own."""

from __future__ import annotations

# Unit -> what it measures, and (number * factor + offset) in that quantity's base unit.
UNITS = {
    "kg": ("mass", 1.0, 0.0),
    "g": ("mass", 0.001, 0.0),
    "[lb_av]": ("mass", 0.45359237, 0.0),  # exact: 1959 international yard and pound agreement
    "lb": ("mass", 0.45359237, 0.0),
    "cm": ("length", 1.0, 0.0),
    "m": ("length", 100.0, 0.0),
    "[in_i]": ("length", 2.54, 0.0),  # exact: the same agreement
    "in": ("length", 2.54, 0.0),
    "cel": ("temperature", 1.0, 0.0),
    "[degf]": ("temperature", 5 / 9, -160 / 9),
    "mg/dl": ("concentration", 1.0, 0.0),
    "g/dl": ("concentration", 1000.0, 0.0),
    "g/l": ("concentration", 100.0, 0.0),
}
# RxNorm ingredient -> factor. Source: CDC Clinical Practice Guideline for Prescribing Opioids,
# MMWR Recomm Rep 2022;71(RR-3), table of conversion factors.
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


def convert(number, unit, wanted):
    """Return the number in the wanted unit, None where that is impossible."""
    if number is None or unit is None:
        return None
    if unit.lower() == wanted.lower():
        return number
    old, new = UNITS.get(unit.lower()), UNITS.get(wanted.lower())
    if old is None or new is None or old[0] != new[0]:
        return None
    return (number * old[1] + old[2] - new[2]) / new[1]


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
    factor = MME.get(row["code"]) if row["vocabulary"] == "rxnorm" else None
    # Reading: factors are per milligram; another unit of strength has none.
    in_milligrams = (row.get("strength_unit") or "").lower() == "mg"
    mme = times(total, factor) if in_milligrams else None
    supply = row.get("days_supply")
    return {"daily_dose": over(total, supply), "total_mme": mme, "daily_mme": over(mme, supply)}
