"""Who opts in to sharing device data: not a random part of the patients.

Each patient opts in with a probability whose logarithm of odds adds up from age, sex, race,
ethnicity, ZIP, chronic conditions and obesity; the answer key holds all of them, so that the odds
ratios below can be estimated back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.people.people import FEMALE, YEAR, People
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

# Odds ratios of having a Fitbit record, 633,547 participants of All of Us (Carrier and Navalta,
# "Demographic and socioeconomic factors associated with Fitbit ownership"; abstract): women
# 1.25, Black 0.38, Asian 1.13, Hispanic 1.25. Those of age, ZIP, conditions and a body mass
# index from 30 kg/m2 are design choices: studies agree that the old, the poor and the ill take
# part less often.
WOMAN, BLACK, ASIAN, HISPANIC = 1.25, 0.38, 1.13, 1.25
TWENTY_YEARS, POOR_ZIP, CONDITION, OBESE = 0.62, 0.70, 0.85, 0.80
MOST_CONDITIONS, OBESITY = 3, 30.0
ADULT = 18
# Knuth's multiplicative hash: which ZIP codes count as poor depends on nothing but the code.
HASH = 2_654_435_761
PLAIN_ANCHOR = np.datetime64("2022-06-01")


@dataclass(frozen=True)
class OptIn(Rows):
    """One row per adult patient who could have been asked.

    `age` is in years at the surgery to watch, or in June 2022 without one; `conditions` counts
    chronic ones, three at most; `obese` is a body mass index from 30 kg/m2; `probability` is that
    of opting in.
    """

    person: Array
    surgical: Array
    age: Array
    woman: Array
    black: Array
    asian: Array
    hispanic: Array
    poor_zip: Array
    conditions: Array
    obese: Array
    probability: Array
    opted_in: Array


def opt_in(truth: Truth, surgery: Array, streams: Streams) -> OptIn:
    """Return who was asked and who opted in; `surgery` is the row to watch per person, or -1."""
    people = truth.people
    anchor = np.full(len(people), PLAIN_ANCHOR)
    anchor[surgery >= 0] = truth.surgeries.date[surgery[surgery >= 0]]
    age = (anchor - people.birth).astype(int) / YEAR
    alive = np.isnat(people.death) | (people.death > anchor)
    asked = np.flatnonzero((age >= ADULT) & alive & ~people.test)
    ill = np.minimum(truth.traits.chronic.sum(axis=1), MOST_CONDITIONS)[asked]
    obese = truth.traits.bmi[asked] >= OBESITY
    traits = _traits(people.take(asked))
    surgical, years = surgery[asked] >= 0, age[asked]
    log_odds = (
        np.log(TWENTY_YEARS) * (years - 55) / 20
        + np.log(WOMAN) * traits["woman"]
        + np.log(BLACK) * traits["black"]
        + np.log(ASIAN) * traits["asian"]
        + np.log(HISPANIC) * traits["hispanic"]
        + np.log(POOR_ZIP) * traits["poor_zip"]
        + np.log(CONDITION) * ill
        + np.log(OBESE) * obese
    )
    probability = np.zeros(len(asked))
    for group, share in ((surgical, truth.spec.spine_opt_in), (~surgical, truth.spec.other_opt_in)):
        probability[group] = _with_mean(log_odds[group], share)
    joins = streams.of("opt in").random(len(asked)) < probability
    return OptIn(
        asked,
        surgical,
        years,
        conditions=ill,
        obese=obese,
        probability=probability,
        opted_in=joins,
        **traits,
    )


def _traits(people: People) -> dict[str, Array]:
    race = people.race.astype(str)
    return {
        "woman": people.sex == FEMALE,
        "black": race == "Black or African American",
        "asian": race == "Asian",
        "hispanic": people.hispanic.astype(bool),
        "poor_zip": poor(people.zip),
    }


def poor(zip_codes: Array) -> Array:
    """Return a mask of the third of ZIP codes that stands for poor places; an invention."""
    digits = zip_codes.astype("U5")
    number = np.where(digits == "", "0", digits).astype(np.int64)
    mask: Array = (number * HASH) % 2**32 < 2**32 // 3
    return mask


def _with_mean(log_odds: Array, share: float) -> Array:
    """Return probabilities with these odds ratios whose mean is `share`, by Newton's steps."""
    if not len(log_odds) or share in (0.0, 1.0):
        return np.full(len(log_odds), share)
    intercept = np.log(share / (1 - share)) - log_odds.mean()
    for _ in range(8):
        probability = 1 / (1 + np.exp(-(intercept + log_odds)))
        slope = (probability * (1 - probability)).mean()
        intercept -= np.clip((probability.mean() - share) / max(slope, 1e-9), -2, 2)
    final: Array = 1 / (1 + np.exp(-(intercept + log_odds)))
    return final
