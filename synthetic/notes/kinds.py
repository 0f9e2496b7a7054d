"""What is marked in a note: identifiers that must go, and look-alikes that must stay.

A mark is (kind, start, end), counted in characters; `text[start:end]` is the identifier
and nothing else: no title before a name, no possessive 's after it, no label before a
number. A weekday written beside a date belongs to the date, as does every element of a
range. Bare years, times of day, ages up to 89, states, days counted from surgery and
phrases such as "last Tuesday" are no identifiers (45 CFR 164.514(b)(2)(i)(B), (C)).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from ehrkit.core.columns import Phi


class Identifier(StrEnum):
    """Kinds of identifier; `phi` is the letter of 45 CFR 164.514(b)(2)(i).

    The rule names the patient, relatives, employers and household members. Clinicians
    are none of these, but every scrubber removes them, so they count as (A). Hospitals,
    schools and churches point to a place and count as (B). Biometrics and photographs,
    (P) and (Q), do not occur in text.
    """

    PATIENT = "patient"
    RELATIVE = "relative"
    CLINICIAN = "clinician"
    EMPLOYER = "employer"
    STREET = "street"
    CITY = "city"
    COUNTY = "county"
    ZIP = "zip"
    FACILITY = "facility"
    PLACE = "place"
    DATE = "date"
    AGE = "age"
    PHONE = "phone"
    FAX = "fax"
    EMAIL = "email"
    SSN = "ssn"
    MRN = "mrn"
    MEMBER = "member"
    ACCOUNT = "account"
    LICENCE = "licence"
    VEHICLE = "vehicle"
    DEVICE = "device"
    URL = "url"
    IP = "ip"
    OTHER = "other"

    @property
    def phi(self) -> Phi:
        """Return the HIPAA class."""
        return _CLASSES[self]


_CLASSES = {
    Identifier.PATIENT: Phi.NAME,
    Identifier.RELATIVE: Phi.NAME,
    Identifier.CLINICIAN: Phi.NAME,
    Identifier.EMPLOYER: Phi.NAME,
    Identifier.STREET: Phi.GEOGRAPHY,
    Identifier.CITY: Phi.GEOGRAPHY,
    Identifier.COUNTY: Phi.GEOGRAPHY,
    Identifier.ZIP: Phi.GEOGRAPHY,
    Identifier.FACILITY: Phi.GEOGRAPHY,
    Identifier.PLACE: Phi.GEOGRAPHY,
    Identifier.DATE: Phi.DATE,
    Identifier.AGE: Phi.DATE,
    Identifier.PHONE: Phi.PHONE,
    Identifier.FAX: Phi.FAX,
    Identifier.EMAIL: Phi.EMAIL,
    Identifier.SSN: Phi.SSN,
    Identifier.MRN: Phi.MRN,
    Identifier.MEMBER: Phi.HEALTH_PLAN,
    Identifier.ACCOUNT: Phi.ACCOUNT,
    Identifier.LICENCE: Phi.LICENCE,
    Identifier.VEHICLE: Phi.VEHICLE,
    Identifier.DEVICE: Phi.DEVICE,
    Identifier.URL: Phi.URL,
    Identifier.IP: Phi.IP,
    Identifier.OTHER: Phi.OTHER_ID,
}


class LookAlike(StrEnum):
    """Kinds of clinical text that looks like an identifier and is none."""

    EPONYM = "eponym"
    WORD = "word"
    DRUG = "drug"
    UNIT = "unit"
    LEVEL = "level"
    SCORE = "score"
    FRACTION = "fraction"
    DOSE = "dose"
    SIZE = "size"
    LAB = "lab"
    VITAL = "vital"
    DURATION = "duration"
    DAY_COUNT = "day-count"
    TIME = "time"
    YEAR = "year"
    YOUNGER_AGE = "younger-age"


# A mark is stored as a place in this tuple.
KINDS: tuple[str, ...] = (*Identifier, *LookAlike)
CODE = {kind: code for code, kind in enumerate(KINDS)}
IDENTIFIERS = len(Identifier)
# The HIPAA letter of each kind of identifier, in the same order.
LETTERS = np.array([str(kind.phi) for kind in Identifier], dtype=object)
