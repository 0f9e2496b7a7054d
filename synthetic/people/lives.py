"""Ages, sexes, births and deaths."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.people.households import LAST_BIRTH, Households, adult_since
from ehrkit.synthetic.people.words import (
    ADULT,
    CHILD,
    FEMALE,
    MALE,
    NO_ROLE,
    SIBLING,
    SPOUSE,
    UNKNOWN_SEX,
    YEAR,
    Origin,
)
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import CHART_START, EXTRACT

# Age at surgery by kind (mean, standard deviation), design choice near published series.
AGE_AT_SURGERY = {
    SurgeryKind.LUMBAR_FUSION: (61.0, 12.0),
    SurgeryKind.CERVICAL_FUSION: (56.0, 11.0),
    SurgeryKind.DECOMPRESSION: (58.0, 15.0),
    SurgeryKind.SACROILIAC_FUSION: (54.0, 12.0),
    SurgeryKind.JOINT_FUSION: (57.0, 13.0),
}
ADOLESCENT_FUSION = 0.015
# Percent of the US population by five years of age from 20 to 85 and over (2020 census,
# rounded), times how much more an older person is a patient: 1 % a year, design choice.
PYRAMID = (6.6, 6.7, 6.9, 6.6, 6.2, 6.0, 6.2, 6.5, 6.3, 5.4, 4.4, 3.0, 1.9, 1.9)
YOUNGEST, MORE_CARE = 20.0, 0.01
# Patients under 20 of a site that others refer spines to: few, and most of them adolescents
# (age by a triangle with its peak at 16); design choice. Relatives come on top.
UNDER_20, COMMONEST_AGE = 0.06, 16.0
# Years between the births of spouses (standard deviation), and age of the oldest parents at a
# birth; design choices.
SPOUSES_APART, OLDEST_PARENT = 4.0, 38
# How much younger than the rest an origin is, as a decline of its share per year of age
# (median ages of the 2020 census: White 43, Black 35, Asian 38, Hispanic 30).
YOUNGER = {Origin.BLACK: 0.007, Origin.HISPANIC: 0.018, Origin.EAST_ASIAN: 0.006,
           Origin.SOUTH_ASIAN: 0.014, Origin.INDIGENOUS: 0.009, Origin.PACIFIC: 0.012}  # fmt: skip
# Women are half of those under 45 and 65 % of those over 85 (2020 census, rounded).
WOMEN_AT_45, WOMEN_PER_YEAR = 0.505, 0.0036
SEX_NOT_RECORDED = 0.003
# Gompertz hazard a*exp(b*(age-30)) near US life tables: 1 % a year at 60, 6 % at 80.
GOMPERTZ_A, GOMPERTZ_B = 0.0007, 0.088
# Men die of it as if three years older (US life tables; women outlive men by about 5 years).
MEN_OLDER = 3.0


def draw_births(role: Array, index_date: Array, origin: Array, rng: np.random.Generator) -> Array:
    """Draw ages at surgery, or in 2020 for the others, of people as heads of a household."""
    size = len(role)
    age = _ages(origin, rng)
    at = np.where(role == NO_ROLE, np.datetime64("2020-01-01"), index_date)
    for kind, (mean, deviation) in AGE_AT_SURGERY.items():
        age = np.where(role == kind, np.clip(rng.normal(mean, deviation, size), 18.2, 89), age)
    young = (role == SurgeryKind.LUMBAR_FUSION) & (rng.random(size) < ADOLESCENT_FUSION)
    age = np.where(young, rng.uniform(13, 17.9, size), age)
    born: Array = (at - (age * YEAR).astype("timedelta64[D]")).astype("datetime64[D]")
    return born


def relatives_births(birth: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Return births with those of relatives, which follow that of their head.

    Spouses are adults when the chart starts, as their heads are; whoever would be born too
    late for that, or for the site, is older than the head instead of younger.
    """
    head, size = birth[homes.head], len(birth)
    spouse, sibling = homes.relation == SPOUSE, homes.relation == SIBLING
    gap = np.where(spouse, rng.normal(0, SPOUSES_APART, size), 0.0)
    gap = np.where(sibling, rng.choice([-1, 1], size) * rng.uniform(1.2, 9, size), gap)
    latest = np.where(spouse, adult_since(CHART_START), LAST_BIRTH)
    room = (latest - head).astype(int) / YEAR
    gap = np.where((spouse | sibling) & (gap > room), -gap, gap)
    child = homes.relation == CHILD
    age = ADULT + rng.random(size) * (np.minimum(OLDEST_PARENT, room) - ADULT)
    # Rounded up, so that a parent has turned 18.
    days = np.ceil(np.where(child, age, gap) * YEAR).astype("timedelta64[D]")
    return np.where(homes.related, np.minimum(head + days, latest), birth)


def _ages(origin: Array, rng: np.random.Generator) -> Array:
    """Draw ages of people who are no surgical patients, by the pyramid of their origin."""
    start = YOUNGEST + 5 * np.arange(len(PYRAMID))
    tilt = np.array([YOUNGER.get(one, 0.0) for one in Origin])[:, None]
    weights = np.array(PYRAMID) * np.exp((MORE_CARE - tilt) * (start - YOUNGEST))
    cumulative = np.cumsum(weights / weights.sum(1, keepdims=True), axis=1)
    draw = rng.random(len(origin))
    # One search for all: the shares of an origin lie between its number and the next.
    ladder = (cumulative + np.arange(len(Origin))[:, None]).ravel()
    place = np.searchsorted(ladder, draw + origin, side="right") - len(PYRAMID) * origin
    place = np.minimum(place, len(PYRAMID) - 1)
    last = place == len(PYRAMID) - 1
    grown = start[place] + rng.random(len(origin)) * np.where(last, 10, 5)
    young = rng.triangular(1, COMMONEST_AGE, YOUNGEST, len(origin))
    return np.where(rng.random(len(origin)) < UNDER_20, young, grown)


def draw_sexes(birth: Array, rng: np.random.Generator) -> Array:
    """Draw sex by age in 2020: women outlive men."""
    age = (np.datetime64("2020-01-01") - birth).astype(int) / YEAR
    women = WOMEN_AT_45 + WOMEN_PER_YEAR * np.clip(age - 45, 0, 40)
    draw = rng.random(len(birth))
    sex = np.where(draw < women, FEMALE, MALE)
    return np.where(draw > 1 - SEX_NOT_RECORDED, UNKNOWN_SEX, sex).astype(np.int8)


def draw_deaths(birth: Array, sex: Array, index_date: Array, rng: np.random.Generator) -> Array:
    """Draw a day of death up to the extract, from the chart's start, birth or first surgery on.

    Patients of a surgery have lived to see it, so their risk of death begins on that day.
    """
    start = np.fmax(np.maximum(birth, CHART_START), index_date)
    age = (start - birth).astype(int) / YEAR - 30 + np.where(sex == MALE, MEN_OLDER, 0)
    hazard = GOMPERTZ_A * np.exp(GOMPERTZ_B * age)
    years = np.log1p(-np.log1p(-rng.random(len(birth))) * GOMPERTZ_B / hazard) / GOMPERTZ_B
    days = np.ceil(np.clip(years * YEAR, 1, 40_000)).astype("timedelta64[D]")
    death: Array = start + days
    return np.where(death > EXTRACT, np.datetime64("NaT", "D"), death)
