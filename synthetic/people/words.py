"""The words that people are described with: sexes, relations, and origins."""

from __future__ import annotations

from enum import IntEnum

FEMALE, MALE, UNKNOWN_SEX = 0, 1, 2
NO_ROLE = -1
SPOUSE, SIBLING, TWIN, CHILD = range(4)
YEAR = 365.25
# Age of those who marry and have children.
ADULT = 18


class Origin(IntEnum):
    """Where a family comes from: decides names, and mostly race and ethnicity."""

    WHITE = 0
    BLACK = 1
    HISPANIC = 2
    EAST_ASIAN = 3
    SOUTH_ASIAN = 4
    INDIGENOUS = 5
    PACIFIC = 6


# Name in ZC_PATIENT_RACE, by origin.
RACES = (
    "White", "Black or African American", "Other", "Asian", "Asian",
    "American Indian or Alaska Native", "Native Hawaiian or Other Pacific Islander",
)  # fmt: skip
