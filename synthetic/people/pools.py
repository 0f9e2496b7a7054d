"""Pools of names: Faker fills them once, NumPy draws from them by weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from faker.providers.person.en_GB import Provider as British
from faker.providers.person.en_IE import Provider as Irish
from faker.providers.person.en_IN import Provider as Indian
from faker.providers.person.en_US import Provider as American
from faker.providers.person.es_MX import Provider as Mexican
from faker.providers.person.zh_CN import Provider as Chinese

from ehrkit.synthetic.people import surnames
from ehrkit.synthetic.people.words import Origin
from ehrkit.synthetic.rows import Array

# Share of first names outside the common US ones; design choice.
RARE_FIRST = 0.12

NICKNAMES: Mapping[str, str] = {
    "Robert": "Bob", "William": "Bill", "James": "Jim", "John": "Jack", "Michael": "Mike",
    "Richard": "Rick", "Joseph": "Joe", "Thomas": "Tom", "Charles": "Chuck", "Daniel": "Dan",
    "Matthew": "Matt", "Anthony": "Tony", "Donald": "Don", "Steven": "Steve", "Andrew": "Andy",
    "Joshua": "Josh", "Kenneth": "Ken", "Timothy": "Tim", "Edward": "Ed", "Jeffrey": "Jeff",
    "Jacob": "Jake", "Nicholas": "Nick", "Jonathan": "Jon", "Benjamin": "Ben", "Samuel": "Sam",
    "Gregory": "Greg", "Alexander": "Alex", "Patrick": "Pat", "Raymond": "Ray", "Ronald": "Ron",
    "David": "Dave", "Christopher": "Chris", "Elizabeth": "Liz", "Jennifer": "Jen",
    "Patricia": "Pat", "Barbara": "Barb", "Margaret": "Peggy", "Susan": "Sue",
    "Kimberly": "Kim", "Deborah": "Debbie", "Rebecca": "Becky", "Katherine": "Kathy",
    "Catherine": "Cathy", "Christine": "Chris", "Christina": "Tina", "Pamela": "Pam",
    "Samantha": "Sam", "Stephanie": "Steph", "Victoria": "Vicky", "Jacqueline": "Jackie",
    "Judith": "Judy", "Theresa": "Terry", "Cynthia": "Cindy", "Sandra": "Sandy",
    "Amanda": "Mandy", "Abigail": "Abby", "Madison": "Maddie", "Alexandra": "Alex",
    "José": "Pepe", "Jose": "Pepe", "Guadalupe": "Lupe", "Francisco": "Paco", "Ignacio": "Nacho",
}  # fmt: skip


@dataclass(frozen=True)
class Weighted:
    """Values and the cumulative weights to draw them by."""

    values: Array
    cumulative: Array

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Weighted:
        """Build from value -> weight."""
        totals = np.cumsum(np.array(list(weights.values()), dtype=float))
        return cls(np.array(list(weights), dtype=object), totals / totals[-1])

    @classmethod
    def even(cls, values: Iterable[str]) -> Weighted:
        """Build from values of equal weight."""
        return cls.of(dict.fromkeys(values, 1.0))

    def draw(self, rng: np.random.Generator, size: int) -> Array:
        """Return `size` values."""
        return self.values[np.searchsorted(self.cumulative, rng.random(size), side="right")]


@dataclass(frozen=True)
class Pools:
    """Name pools. `own_*` are those of an origin; origins without one use the general pools."""

    female: Weighted
    male: Weighted
    last: Weighted
    own_female: Mapping[Origin, Weighted]
    own_male: Mapping[Origin, Weighted]
    own_last: Mapping[Origin, Weighted]


@cache
def pools() -> Pools:
    """Return the pools; they do not depend on the seed of a chart."""
    chinese = Weighted.even(Chinese.first_romanized_names)
    return Pools(
        female=_first(
            American.first_names_female, [*British.first_names_female, *Irish.first_names_female]
        ),
        male=_first(
            American.first_names_male, [*British.first_names_male, *Irish.first_names_male]
        ),
        last=Weighted.of(surnames.general()),
        own_female={
            Origin.HISPANIC: Weighted.even([*Mexican.first_names_female, "María", "Sofía", "Inés"]),
            Origin.EAST_ASIAN: chinese,
            Origin.SOUTH_ASIAN: Weighted.even(Indian.first_names_female),
        },
        own_male={
            Origin.HISPANIC: Weighted.even([*Mexican.first_names_male, "José", "Jesús", "Andrés"]),
            Origin.EAST_ASIAN: chinese,
            Origin.SOUTH_ASIAN: Weighted.even(Indian.first_names_male),
        },
        own_last={
            Origin.BLACK: Weighted.of(surnames.black()),
            Origin.HISPANIC: Weighted.of(surnames.hispanic()),
            Origin.EAST_ASIAN: Weighted.of(surnames.east_asian()),
            Origin.SOUTH_ASIAN: Weighted.of(surnames.south_asian()),
            Origin.PACIFIC: Weighted.of(surnames.pacific()),
        },
    )


def _first(common: Mapping[str, float], rare: Iterable[str]) -> Weighted:
    """Return common first names by weight, and some rare ones."""
    others = [name for name in dict.fromkeys(rare) if name not in common]
    total = sum(common.values())
    scaled = {name: weight / total * (1 - RARE_FIRST) for name, weight in common.items()}
    return Weighted.of(scaled | dict.fromkeys(others, RARE_FIRST / len(others)))
