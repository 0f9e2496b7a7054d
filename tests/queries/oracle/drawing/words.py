"""What definitions and data are made of: code sets, codes, kinds, fields, and what events have."""

from __future__ import annotations

# Shipped code sets, as their files would say them.
CODES = {
    "fusion": {
        "include": {"icd10pcs": ["0SG0*", "0SG1??"], "omop": ["40"]},
        "exclude": {"icd10pcs": ["0SG00*"]},
    },
    "imaging": {
        "include": {"hcpcs": ["72141..72158", "G0?99"], "drg": ["459"], "local": ["spine mri"],
                    "snomed": ["77"]},
    },
    "tumour": {
        "include": {
            "icd10cm": ["C79.5*", {"code": "D16.6", "from": "2020-01-01", "until": "2020-02-28"}],
            "omop": [{"code": "10", "descendants": True}],
        },
        "exclude": {
            "icd10cm": [{"code": "C79.52", "from": "2020-02-29"}],
            "omop": [{"code": "12", "descendants": True}],
        },
    },
    "wound": {"include": {"icd10cm": ["T81.40..T81.49"], "snomed": ["77"]}},
    "opioid": {"include": {"rxnorm": ["7804", "7052", "4337"], "omop": ["7804"]}},
    "any-drug": {"include": {"rxnorm": ["1*", "78??"]}},
    "glucose": {"include": {"loinc": ["2345-7"]}},
    "blood": {"include": {"loinc": ["2345-7", "4548-4"], "snomed": ["77"], "omop": ["40"]}},
}  # fmt: skip
SETS = {
    "procedure": ("fusion", "fusion", "imaging"),
    "condition": ("tumour", "tumour", "wound"),
    "medication": ("opioid", "opioid", "any-drug"),
    "measurement": ("glucose", "blood", "blood"),
}
ROW_CODES = {
    "procedure": (
        ("icd10pcs", "0SG0"), ("icd10pcs", "0SG0"), ("icd10pcs", "0sg0.1"), ("icd10pcs", "0SG00A"),
        ("icd10pcs", "0SG1AB"), ("icd10pcs", "0SG1A"), ("hcpcs", "72141"), ("hcpcs", "7215"),
        ("hcpcs", "72159"), ("hcpcs", "g0199"), ("drg", "459"), ("omop", "40"), ("snomed", "77"),
        ("local", "Spine MRI"),
    ),
    "condition": (
        ("icd10cm", "C79.51"), ("icd10cm", "c7952"), ("icd10cm", "D16.6"), ("icd10cm", " D166"),
        ("icd10cm", "D16.61"), ("icd10cm", "T81.41"), ("icd10cm", "T8143XA"), ("icd10cm", "T814"),
        ("omop", "10"), ("omop", "11"), ("omop", "12"), ("omop", "13"), ("snomed", "77"),
    ),
    "medication": (
        ("rxnorm", "7804"), ("rxnorm", "7804"), ("rxnorm", "7052"), ("rxnorm", "4337"),
        ("rxnorm", "161"), ("omop", "7804"),
    ),
    "measurement": (
        ("loinc", "2345-7"), ("loinc", "2345-7"), ("loinc", "4548-4"), ("snomed", "77"),
        ("omop", "40"),
    ),
}  # fmt: skip
# Closed under "below", as OMOP's own table is; every concept is below itself there.
DESCENTS = (("10", "10"), ("10", "11"), ("10", "12"), ("10", "13"), ("12", "12"), ("12", "13"),
            ("40", "41"))  # fmt: skip
CODED = tuple(SETS)
KINDS = ("inpatient", "emergency", "observation", "outpatient", "other")
NOTES = ("op note", "Op Note", "discharge", "rehab")
SEXES = ("female", "male", "unknown")
RACES = ("american-indian", "asian", "black", "pacific-islander", "white", "other", "multiple",
         "unknown")  # fmt: skip
ETHNICITIES = ("hispanic", "not-hispanic", "unknown")
TEXT, NUMBER, DATE = "text", "number", "date"
_ALL = {"date": DATE, "encounter": TEXT}
_CODE = {"code": TEXT, "vocabulary": TEXT}
FIELDS = {
    "procedure": _ALL | _CODE,
    "condition": _ALL | _CODE | {"position": NUMBER, "present_on_admission": TEXT},
    "medication": _ALL | _CODE | {"end_date": DATE, "name": TEXT, "setting": TEXT}
    | dict.fromkeys(
        ("quantity", "days_supply", "strength", "daily_dose", "total_mme", "daily_mme"), NUMBER),
    "measurement": _ALL | _CODE | {"value": NUMBER, "text": TEXT, "unit": TEXT},
    "encounter": _ALL | {"kind": TEXT, "disposition": TEXT, "discharged_to": TEXT,
                         "specialty": TEXT, "end_date": DATE, "length_of_stay": NUMBER},
    "note": _ALL | {"kind": TEXT},
    "device_day": _ALL | dict.fromkeys(("steps", "wear_minutes", "valid"), NUMBER),
    "death": _ALL,
    "cohort": _ALL,
    "era": _ALL | {"end_date": DATE, "days_covered": NUMBER},
}  # fmt: skip
DEFAULT_FIELDS = {"measurement": "value", "device_day": "steps", "encounter": "length_of_stay",
                  "era": "days_covered"}  # fmt: skip
# instants, end dates, end instants
HAS = {
    "procedure": (True, False, False), "condition": (False, False, False),
    "medication": (True, True, False), "measurement": (True, False, False),
    "encounter": (True, True, True), "note": (False, False, False),
    "device_day": (False, False, False), "death": (False, False, False),
    "cohort": (False, True, False), "era": (False, True, False),
}  # fmt: skip
PATTERNS = {
    "code": ("0sg*", "c79*", "7804", "23?5-7", "*1"), "vocabulary": ("ICD10*", "omop", "rxnorm"),
    "encounter": ("9", "10", "9?1", "?"), "present_on_admission": ("yes", "NO"),
    "name": ("oxy*", "word", "??????????*"), "setting": ("ordered", "Dispensed"),
    "text": ("pos*", "negative", "?"), "unit": ("mg/dl", "*L"), "kind": ("in*", "Emergency", "op*"),
    "disposition": ("home*", "to_home", "*"), "discharged_to": ("home", "h*"),
    "specialty": ("spine*", "Neurology"),
}  # fmt: skip
# Parameters may stand for texts.
KINDS_TOLD, SEXES_TOLD = (*KINDS, "ward"), (*SEXES, "gender")
BOUNDS = {
    "position": (1, 2), "quantity": (1, 30), "days_supply": (1, 10), "strength": (0.5, 5),
    "daily_dose": (3, 15.5), "total_mme": (10, 100.5), "daily_mme": (5, 50.5),
    "value": (1.5, 5, 98.5), "steps": (100, 5000), "wear_minutes": (600,), "valid": (0, 1),
    "length_of_stay": (0, 1, 30),
}  # fmt: skip


def parts(table):
    """Return the single selectors of a selector."""
    return table.get("events", [table])


def relation(table):
    return next(name for name in FIELDS if name in table)


def relations(table):
    """Return what the events are: `era`, or the relations of the parts."""
    return ["era"] if "gap" in table else [relation(one) for one in parts(table)]


def has(table):
    """Return whether all events have instants, end dates, end instants."""
    return tuple(map(all, zip(*(HAS[one] for one in relations(table)), strict=True)))


def fields(table):
    """Return the fields that all the events have."""
    first, *others = (FIELDS[one] for one in relations(table))
    return {name: kind for name, kind in first.items() if all(name in one for one in others)}
