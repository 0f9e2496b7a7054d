"""What people tell of their race and ethnic group."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.people.households import Households
from ehrkit.synthetic.people.words import CHILD, RACES, SIBLING, TWIN, Origin
from ehrkit.synthetic.rows import Array

# Most Hispanic people say White; some say nothing of their race, or of their ethnic group;
# design choices.
HISPANIC_WHITE, RACE_UNKNOWN, ETHNICITY_UNKNOWN = 0.6, 0.03, 0.04
# Two races. The 2020 census finds 10 % of people with several; charts hold far fewer
# (design choice).
MIXED_RACE = 0.02
# The second race of people who are White and something else (2020 census, rounded); the
# second of others is White.
BESIDE_WHITE = {
    "American Indian or Alaska Native": 0.41,
    "Black or African American": 0.31,
    "Asian": 0.28,
}


def draw_races(origin: Array, homes: Households, rng: np.random.Generator) -> dict[str, Array]:
    """Return race and second race as in ZC_PATIENT_RACE, and the ethnic group.

    Brothers, sisters and children say the same as the head of the household, unless they
    say nothing: then `race` is Unknown or Patient Refused, or `ethnicity_told` is false.
    `second_race` is empty for people of one race.
    """
    size, blood = len(origin), np.isin(homes.relation, (SIBLING, TWIN, CHILD))
    race = np.array(RACES, dtype=object)[origin]
    white = (origin == Origin.HISPANIC) & (rng.random(size) < HISPANIC_WHITE)
    race = np.where(white, "White", race)
    beside = rng.choice(np.array(list(BESIDE_WHITE), object), size, p=list(BESIDE_WHITE.values()))
    second = np.where(race == "White", beside, "White")
    second = np.where(rng.random(size) < MIXED_RACE, second, "")
    told = rng.random(size) >= RACE_UNKNOWN
    untold = rng.choice(np.array(["Unknown", "Patient Refused"], object), size)
    return {
        "race": np.where(told, homes.follow(race, blood), untold),
        "second_race": np.where(told, homes.follow(second, blood), ""),
        "hispanic": origin == Origin.HISPANIC,
        "ethnicity_told": rng.random(size) >= ETHNICITY_UNKNOWN,
    }
