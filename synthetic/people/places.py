"""Towns with their ZIP codes and the origins of those who live there; streets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from faker import Faker

from ehrkit.synthetic.people.words import Origin
from ehrkit.synthetic.rows import Array

# State, first three digits of its ZIP codes, share of patients (the hospital is in Ohio;
# design choice), area codes.
STATES = (
    ("Ohio", ("430", "432", "433", "440", "441", "452", "454"), 0.82, ("614", "740", "380", "513")),
    ("Kentucky", ("402", "405", "410"), 0.07, ("502", "859")),
    ("Indiana", ("460", "462", "473"), 0.06, ("317", "765")),
    ("Michigan", ("481", "482", "492"), 0.05, ("734", "517")),
)
# Percent of residents by origin, in the order of Origin: 2020 census, rounded; half of the
# census category Asian is taken as South Asian.
ORIGINS = {
    "Ohio": (79.0, 12.5, 4.5, 1.3, 1.3, 0.3, 0.1),
    "Kentucky": (83.0, 8.0, 4.7, 0.8, 0.8, 0.3, 0.1),
    "Indiana": (77.5, 9.5, 8.2, 1.3, 1.2, 0.4, 0.1),
    "Michigan": (75.0, 13.5, 5.6, 1.6, 1.7, 0.6, 0.1),
}
STREETS, TOWNS, ZIPS_PER_TOWN = 1500, 140, 3
# Towns differ: the lower, the more (concentration of a Dirichlet draw; design choice).
ALIKE = 9.0


@dataclass(frozen=True)
class Places:
    """Towns by position, each with its weight, ZIP codes and cumulative shares of origins.

    Attributes:
        zips: town x ZIPS_PER_TOWN codes of five digits.
        origins: town x Origin cumulative shares.
    """

    streets: Array
    towns: Array
    states: Array
    area_codes: Array
    zips: Array
    weights: Array
    origins: Array


@cache
def places() -> Places:
    """Return the places; they do not depend on the seed of a chart."""
    fake = Faker("en_US", use_weighting=False)
    fake.seed_instance(20161)
    rng = np.random.default_rng(20161)
    state = rng.choice(len(STATES), TOWNS, p=[one[2] for one in STATES])
    sizes = rng.pareto(1.2, TOWNS) + 0.2
    prefix = [str(rng.choice(STATES[s][1])) for s in state]
    first = rng.integers(0, 97, TOWNS).tolist()
    zips = [
        [f"{p}{f + k:02d}" for k in range(ZIPS_PER_TOWN)]
        for p, f in zip(prefix, first, strict=True)
    ]
    return Places(
        streets=np.array([fake.street_name() for _ in range(STREETS)], dtype=object),
        towns=np.array([fake.city() for _ in range(TOWNS)], dtype=object),
        states=np.array([STATES[s][0] for s in state], dtype=object),
        area_codes=np.array([str(rng.choice(STATES[s][3])) for s in state], dtype=object),
        zips=np.array(zips, dtype=object),
        weights=sizes / sizes.sum(),
        origins=_mixes(state, rng),
    )


def _mixes(state: Array, rng: np.random.Generator) -> Array:
    """Return cumulative shares of origins by town, which vary around those of its state."""
    shares = np.array([ORIGINS[STATES[s][0]] for s in state])
    drawn = rng.gamma(ALIKE * shares / shares.sum(1, keepdims=True) + 0.004)
    drawn[:, Origin.WHITE] += 0.02
    mixes: Array = np.cumsum(drawn / drawn.sum(1, keepdims=True), axis=1)
    return mixes
