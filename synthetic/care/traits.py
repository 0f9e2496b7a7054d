"""What people carry through life: body size, chronic conditions, smoking, a bad back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.vocabulary import SmokingStatus
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import MALE, NO_ROLE, YEAR, People
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

NOW = np.datetime64("2020-01-01")
ADULT = 18
# Ever smoked at 18 and at 75 (CDC adult surveys: about four in ten adults; design choice).
EVER_SMOKED = (0.22, 0.50)
# Of those who ever smoked: gave up before the chart starts, or on some day of the chart.
GAVE_UP_BEFORE, GAVE_UP_LATER = 0.55, 0.15
# Smokers who give up in the half year before their first surgery; design choice.
GAVE_UP_FOR_SURGERY = 0.30
NICOTINE_CODED, OBESITY_CODED = 0.9, 0.65
# Relative chance of lung disease for smokers, and for others.
LUNG_RISK = (2.0, 0.35)
MEAN_BMI, OPERATED_BMI, SPREAD_BMI = 28.9, 30.4, 5.7
# Conditions that complicate surgery.
BURDEN = ("E11.9", "J44.9", "I25.10", "N18.30", "F32.A", "I10")


@dataclass(frozen=True)
class Traits(Rows):
    """One row per person.

    `height` is in inches, `bmi` in kg/m2. `quit` is the day of giving up smoking, NaT for
    those who still smoke or never did. `chronic` is a mask of the chronic conditions of
    the catalogue, `burden` counts those that complicate surgery, `back` is chronic back
    trouble without surgery. `opioid_user` takes opioids before surgery, `long_use` is long
    use after it.
    """

    height: Array
    bmi: Array
    smoked: Array
    quit: Array
    chronic: Array
    burden: Array
    back: Array
    opioid_user: Array
    long_use: Array

    def smoking(self, person: Array, time: Array) -> Array:
        """Return the SmokingStatus of people at given times."""
        gone = time >= self.quit[person]
        ever = np.where(gone, int(SmokingStatus.FORMER), int(SmokingStatus.CURRENT))
        return np.where(self.smoked[person], ever, int(SmokingStatus.NEVER)).astype(np.int8)


def draw_traits(people: People, spec: Spec, streams: Streams) -> Traits:
    """Return the traits of all people."""
    rng = streams.of("traits")
    size = len(people)
    age = (NOW - people.birth).astype(int) / YEAR
    operated = people.role != NO_ROLE
    smoked, quit_day = _smoking(people, age, rng)
    bmi = rng.normal(np.where(operated, OPERATED_BMI, MEAN_BMI), SPREAD_BMI)
    bmi = np.clip(bmi, 16.5, 58)
    chronic = _conditions(age, bmi, smoked, quit_day, rng)
    known = catalogue().diagnoses
    first = int(known.positions("chronic")[0])
    heavy = [known.concept("chronic", code) - first for code in BURDEN]
    user = operated & (rng.random(size) < spec.preoperative_opioids)
    long = np.where(user, spec.prolonged_opioids_user, spec.prolonged_opioids_naive)
    return Traits(
        height=rng.normal(np.where(people.sex == MALE, 69.2, 63.7), 2.7),
        bmi=bmi,
        smoked=smoked,
        quit=quit_day,
        chronic=chronic,
        burden=chronic[:, heavy].sum(axis=1),
        back=~operated & (age >= ADULT) & (rng.random(size) < spec.back_trouble),
        opioid_user=user,
        long_use=operated & (rng.random(size) < long),
    )


def _smoking(people: People, age: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return who ever smoked, and the day of giving up."""
    size = len(people)
    ever = np.interp(age, (ADULT, 75), EVER_SMOKED) * (age >= ADULT)
    smoked = rng.random(size) < ever
    draw = rng.random(size)
    inside = CHART_START + rng.integers(30, int((EXTRACT - CHART_START).astype(int)), size)
    long_ago = CHART_START - rng.integers(30, 5000, size).astype("timedelta64[D]")
    never = np.datetime64("NaT", "D")
    quit_day = np.where(draw < GAVE_UP_BEFORE, long_ago, never)
    later = (draw >= GAVE_UP_BEFORE) & (draw < GAVE_UP_BEFORE + GAVE_UP_LATER)
    quit_day = np.where(later, inside, quit_day)
    smokes = ~(quit_day < people.index_date) & ~np.isnat(people.index_date)
    for_surgery = smokes & (rng.random(size) < GAVE_UP_FOR_SURGERY)
    before = people.index_date - rng.integers(28, 180, size).astype("timedelta64[D]")
    quit_day = np.where(for_surgery, before, quit_day)
    # Nobody gives up before adulthood; a missing day stays missing.
    grown = people.birth + np.timedelta64(round(ADULT * YEAR) + 1, "D")
    quit_day = np.maximum(quit_day, grown)
    return smoked, np.where(smoked, quit_day, never).astype("datetime64[D]")


def _conditions(
    age: Array, bmi: Array, smoked: Array, quit_day: Array, rng: np.random.Generator
) -> Array:
    """Return a person x condition mask; prevalence grows with age, some follow from habits."""
    factor = np.clip((age - 20) / 40, 0.02, 1.6)[:, None]
    prevalence = np.minimum(catalogue().prevalence[None, :] * factor, 0.9)
    known = catalogue().diagnoses
    first = int(known.positions("chronic")[0])
    lungs, obesity, nicotine = (
        known.concept("chronic", code) - first for code in ("J44.9", "E66.9", "F17.210")
    )
    prevalence[:, lungs] *= np.where(smoked, *LUNG_RISK)
    draw = rng.random((len(age), prevalence.shape[1]))
    mask: Array = draw < prevalence
    mask[:, obesity] = (bmi >= 30) & (draw[:, obesity] < OBESITY_CODED)
    smokes = smoked & ~(quit_day < CHART_START)
    mask[:, nicotine] = smokes & (draw[:, nicotine] < NICOTINE_CODED)
    mask[age < ADULT] = False
    return mask
