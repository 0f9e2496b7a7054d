"""Steps that were really taken, day by day, worn device or not."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY, Encounters
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Kind, SurgeryKind
from ehrkit.synthetic.devices.wearers import Wearers
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import EXTRACT

# The usual level: steps a day at an age in years, the part of them lost with each further year,
# the least and most that age leaves, and the standard deviation of its logarithm between people.
# Design choice.
USUAL, AT_AGE, LOST_A_YEAR, BY_AGE, BETWEEN_PEOPLE = 7200, 45, 0.011, (0.35, 1.25), 0.35
# Steps after a lumbar fusion as a share of the level just before it, at speed 1. Over all
# speeds they are those of Stienen 2020 (PMC7080733): -71 % in week 1, -37 % in week 2, -23 %
# in week 4, once setbacks and days in hospital have taken their part; later points are a
# design choice.
AFTER_DAYS = (0, 1, 4, 7, 11, 18, 25, 45, 90)
AFTER_SHARE = (0.06, 0.15, 0.33, 0.59, 0.74, 0.765, 0.80, 0.90, 1.0)
# How fast each person goes through these days: standard deviation of the logarithm, and factors
# for each ten years above an age, each level of severity of the stay (a comorbidity or
# complication, then a major one), and any complication of the surgery. Design choice.
SPEED_SPREAD, SPEED_AT_AGE = 0.30, 60
PER_TEN_YEARS, PER_LEVEL, COMPLICATED = 0.90, 0.90, 0.80
# Smaller operations: how much faster, and what part of the loss. Design choice.
EASIER = {SurgeryKind.CERVICAL_FUSION: (1.4, 0.75), SurgeryKind.DECOMPRESSION: (1.7, 0.85)}
# Chauhan 2024: decline before surgery in 10 of 14 patients, from 11.8 weeks before.
DECLINE_DAYS, DECLINE_SHARE, DECLINE_TO = 83, 10 / 14, 0.70
# Days after surgery, at speed 1, from which and by which that decline is made good: most are
# back at their usual level by about seven months. Design choice.
REGAINS = (28, 180)
# Steps by weekday, Monday first; AR(1) of the logarithm; more steps in July than in January;
# public holidays. Design choice.
WEEKDAY = np.array([1.0, 1.02, 1.03, 1.02, 1.06, 1.0, 0.87])
CORRELATION, NOISE = 0.35, 0.28
SEASON, PEAK = 0.06, 196
HOLIDAY = 0.8
# In hospital; and after another surgery or a visit that was not planned, the part of steps
# lost at first, which comes back with a time constant in days. Design choice.
WARD = 0.10
SETBACK = {
    Kind.STAY: 0.6, Kind.OUTPATIENT_SURGERY: 0.4, Kind.EMERGENCY: 0.15,
    Kind.EMERGENCY_OBSERVED: 0.25, Kind.EMERGENCY_ADMITTED: 0.40, Kind.ADMISSION: 0.40,
}  # fmt: skip
RECOVERS_IN = 21
SURGICAL = (Kind.STAY, Kind.OUTPATIENT_SURGERY)
OVERNIGHT = (Kind.STAY, Kind.EMERGENCY_ADMITTED, Kind.EMERGENCY_OBSERVED, Kind.ADMISSION)


def true_steps(
    truth: Truth, wearers: Wearers, day: Array, since: Array, ward: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return steps by user and day, and each user's usual level.

    `since` holds days since surgery and `ward` tells days in hospital, of the shape of `day`.
    """
    users = len(day)
    by_age = np.clip(1 - (wearers.age - AT_AGE) * LOST_A_YEAR, *BY_AGE)
    level = USUAL * by_age * rng.lognormal(0, BETWEEN_PEOPLE, users)
    noise = rng.normal(0, NOISE, day.shape)
    for column in range(1, day.shape[1]):
        noise[:, column] += CORRELATION * noise[:, column - 1]
    course = _course(truth, wearers, since, rng) * _setbacks(truth, wearers, day)
    course = np.where(ward, np.minimum(course, WARD), course)
    steps: Array = np.floor(level[:, None] * _calendar(day) * course * np.exp(noise))
    return steps, level


def _course(truth: Truth, wearers: Wearers, since: Array, rng: np.random.Generator) -> Array:
    """Return the way through surgery as a share of the usual level."""
    declines = rng.random(len(since)) < DECLINE_SHARE
    depth = np.where(declines, DECLINE_TO, 1.0)[:, None]
    before = 1 - (1 - depth) * np.clip((since + DECLINE_DAYS) / DECLINE_DAYS, 0, 1)
    part = np.ones(len(since))
    speed = _speeds(truth, wearers, rng)
    if len(truth.surgeries):
        kind = truth.surgeries.kind[wearers.surgery]
        for easier, (faster, milder) in EASIER.items():
            speed[kind == easier] *= faster
            part[kind == easier] = milder
    healed = since * speed[:, None]
    loss = (1 - np.interp(healed, AFTER_DAYS, AFTER_SHARE)) * part[:, None]
    regained = depth + (1 - depth) * np.interp(healed, REGAINS, (0, 1))
    after = regained * (1 - loss)
    return np.where(since <= -10_000, 1.0, np.where(since < 0, before, after))


def _speeds(truth: Truth, wearers: Wearers, rng: np.random.Generator) -> Array:
    """Return how fast each user recovers, beside 1 at the stated age without any trouble."""
    older = (wearers.age - SPEED_AT_AGE) / 10
    speed: Array = rng.lognormal(0, SPEED_SPREAD, len(wearers)) * PER_TEN_YEARS**older
    if len(truth.surgeries):
        complicated = np.isin(wearers.surgery, truth.complications.surgery)
        speed *= PER_LEVEL ** truth.surgeries.severity[wearers.surgery].astype(float)
        speed *= np.where(complicated, COMPLICATED, 1)
    return speed


def _calendar(day: Array) -> Array:
    """Return what weekday, season and holidays do to steps."""
    # 1970-01-01 was a Thursday.
    weekday = (day.astype(np.int64) + 3) % 7
    of_year = (day - day.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)
    season = 1 + SEASON * np.cos(2 * np.pi * (of_year - PEAK) / 365.25)
    factor: Array = np.where(holidays(day), HOLIDAY, WEEKDAY[weekday]) * season
    return factor


def holidays(day: Array) -> Array:
    """Return a mask of New Year, Independence Day, Thanksgiving and Christmas."""
    month = day.astype("datetime64[M]")
    of_month = (day - month.astype("datetime64[D]")).astype(int) + 1
    month_of_year = month.astype(np.int64) % 12 + 1
    thursday = (day.astype(np.int64) + 3) % 7 == 3
    fixed = np.isin(month_of_year * 100 + of_month, (101, 704, 1225))
    fourth = (month_of_year == 11) & thursday & (of_month > 21) & (of_month <= 28)
    mask: Array = fixed | fourth
    return mask


def days_in_hospital(truth: Truth, wearers: Wearers, day: Array) -> Array:
    """Return a mask of days between admission and discharge, the day of admission included."""
    mask = np.zeros(day.shape, bool)
    for user, visit in _visits(truth, wearers, OVERNIGHT):
        start, end = _span(truth.encounters, visit)
        mask[user] |= (day[user] >= start) & (day[user] < end)
    return mask


def _setbacks(truth: Truth, wearers: Wearers, day: Array) -> Array:
    """Return the loss after other surgeries, emergency visits and unplanned stays, which fades."""
    factor = np.ones(day.shape)
    for user, visit in _visits(truth, wearers, tuple(SETBACK)):
        surgery = truth.encounters.surgery[visit]
        if truth.encounters.kind[visit] in SURGICAL and surgery == wearers.surgery[user]:
            continue
        _, end = _span(truth.encounters, visit)
        since = (day[user] - end).astype(int)
        depth = SETBACK[Kind(truth.encounters.kind[visit])]
        factor[user] *= 1 - np.where(since >= 0, depth * np.exp(-since / RECOVERS_IN), 0)
    return factor


def _visits(truth: Truth, wearers: Wearers, kinds: tuple[Kind, ...]) -> list[tuple[int, int]]:
    """Return pairs of user and encounter while the user was observed."""
    user_of = np.full(len(truth.people), -1)
    patients = np.flatnonzero(wearers.person >= 0)
    user_of[wearers.person[patients]] = patients
    visits = truth.encounters
    rows = np.flatnonzero(np.isin(visits.kind, kinds) & (user_of[visits.person] >= 0))
    user, start = user_of[visits.person[rows]], visits.start[rows]
    inside = (start >= wearers.first_day[user] - 60 * CALENDAR_DAY) & (
        start < wearers.last_day[user] + CALENDAR_DAY
    )
    return list(zip(user[inside].tolist(), rows[inside].tolist(), strict=True))


def _span(visits: Encounters, row: int) -> tuple[np.datetime64, np.datetime64]:
    """Return the days of arrival and of leaving; who has not left yet stays to the extract."""
    start, end = visits.start[row], visits.end[row]
    return start.astype("datetime64[D]"), EXTRACT if np.isnat(end) else end.astype("datetime64[D]")
