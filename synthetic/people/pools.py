"""Pools of names and places: Faker fills them once, NumPy draws from them by weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from faker import Faker
from faker.providers.person.en_US import Provider as Names

from ehrkit.synthetic.rows import Array

# Families of surnames and first names that the default pool lacks or underplays.
HISPANIC_LAST = (
    "García", "Garcia", "Rodríguez", "Rodriguez", "Martínez", "Martinez", "Hernández", "Hernandez",
    "López", "Lopez", "González", "Gonzalez", "Pérez", "Perez", "Sánchez", "Sanchez", "Ramírez",
    "Torres", "Flores", "Rivera", "Gómez", "Díaz", "Muñoz", "Núñez", "Peña", "Ibáñez", "Ortiz",
    "Morales", "Cruz", "Reyes", "Castañeda", "De la Cruz", "Vega", "Ruiz", "Mendoza",
)  # fmt: skip
HISPANIC_FEMALE = ("María", "Maria", "Guadalupe", "Sofía", "Lucía", "Ana", "Inés", "Rosa", "Elena",
                   "Isabel", "Carmen", "Verónica", "Gabriela", "Teresa")  # fmt: skip
HISPANIC_MALE = ("José", "Jose", "Juan", "Luis", "Carlos", "Jesús", "Miguel", "Andrés", "Ángel",
                 "Rafael", "Héctor", "Martín", "Javier", "Raúl")  # fmt: skip
ASIAN_LAST = ("Nguyen", "Tran", "Pham", "Le", "Kim", "Lee", "Park", "Choi", "Chen", "Wang", "Li",
              "Zhang", "Liu", "Wong", "Patel", "Shah", "Singh", "Kumar", "Khan", "Reyes",
              "Tanaka", "Sato")  # fmt: skip
OTHER_LAST = ("O'Brien", "O'Connor", "D'Angelo", "McDonald", "MacLeod", "Van Dyke", "St. Clair",
              "Müller", "Schröder", "Lefèvre", "Kovačević", "Nowak", "Jensen", "Åberg")  # fmt: skip

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
    "José": "Pepe", "Jose": "Pepe", "Guadalupe": "Lupe",
}  # fmt: skip

# State, first three digits of its ZIP codes, share of patients, area codes. The
# hospital is in Ohio; the 555 exchange keeps every number out of service.
STATES = (
    ("Ohio", ("430", "432", "433", "440", "441", "452", "454"), 0.82, ("614", "740", "380", "513")),
    ("Kentucky", ("402", "405", "410"), 0.07, ("502", "859")),
    ("Indiana", ("460", "462", "473"), 0.06, ("317", "765")),
    ("Michigan", ("481", "482", "492"), 0.05, ("734", "517")),
)
STREETS = 1500
TOWNS = 140


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

    def draw(self, rng: np.random.Generator, size: int) -> Array:
        """Return `size` values."""
        return self.values[np.searchsorted(self.cumulative, rng.random(size), side="right")]


@dataclass(frozen=True)
class Pools:
    """Name and place pools; `towns` columns are name, state, ZIP prefix and area codes."""

    female: Weighted
    male: Weighted
    last: Weighted
    hispanic_female: Weighted
    hispanic_male: Weighted
    hispanic_last: Weighted
    asian_last: Weighted
    streets: Array
    town_names: Array
    town_states: Array
    town_prefixes: Array
    town_area_codes: Array
    town_weights: Array


@cache
def pools() -> Pools:
    """Return the pools; they do not depend on the seed of a chart."""
    fake = Faker("en_US", use_weighting=False)
    fake.seed_instance(20161)
    rng = np.random.default_rng(20161)
    last = dict(Names.last_names) | dict.fromkeys(OTHER_LAST, 0.0004)
    states = rng.choice(len(STATES), TOWNS, p=[state[2] for state in STATES])
    sizes = rng.pareto(1.2, TOWNS) + 0.2
    return Pools(
        female=Weighted.of(Names.first_names_female),
        male=Weighted.of(Names.first_names_male),
        last=Weighted.of(last),
        hispanic_female=_even(HISPANIC_FEMALE),
        hispanic_male=_even(HISPANIC_MALE),
        hispanic_last=_even(HISPANIC_LAST),
        asian_last=_even(ASIAN_LAST),
        streets=np.array([fake.street_name() for _ in range(STREETS)], dtype=object),
        town_names=np.array([fake.city() for _ in range(TOWNS)], dtype=object),
        town_states=np.array([STATES[s][0] for s in states], dtype=object),
        town_prefixes=np.array([rng.choice(STATES[s][1]) for s in states], dtype=object),
        town_area_codes=np.array([rng.choice(STATES[s][3]) for s in states], dtype=object),
        town_weights=sizes / sizes.sum(),
    )


def _even(values: tuple[str, ...]) -> Weighted:
    return Weighted.of(dict.fromkeys(values, 1.0))
