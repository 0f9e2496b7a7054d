"""Who lives with whom: spouses, siblings, twins and children of another patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.people.words import CHILD, MALE, NO_ROLE, SIBLING, SPOUSE, TWIN
from ehrkit.synthetic.rows import Array

# Reference calibration: 15 % of rows are a relative of another row, about 1.2 % share a birth date.
RELATIVES = 0.15
RELATION_SHARES = {SPOUSE: 0.50, SIBLING: 0.24, TWIN: 0.06, CHILD: 0.20}
# Spouses of another origin: 10 % of all married people in 2015 (Pew Research Center, 2017).
INTERMARRIED = 0.10
SPOUSES_OF_THE_OTHER_SEX = 0.97
# A third of twins are identical, and half of the others have the same sex.
TWINS_OF_THE_SAME_SEX = 2 / 3


@dataclass(frozen=True)
class Households:
    """Per person: the row of the head of the household, or -1 for a head, and the relation."""

    relative_of: Array
    relation: Array

    @property
    def related(self) -> Array:
        """Return a mask of those who live with somebody else's household."""
        mask: Array = self.relative_of >= 0
        return mask

    @property
    def head(self) -> Array:
        """Return the row of the head of each household; heads are their own."""
        return np.where(self.related, self.relative_of, np.arange(len(self.relative_of)))

    def follow(self, own: Array, mask: Array | None = None) -> Array:
        """Return the head's value for relatives (or for those in a mask), their own for others."""
        return np.where(self.related if mask is None else mask, own[self.head], own)


def make_households(role: Array, patients: int, rng: np.random.Generator) -> Households:
    """Attach some people without surgery to the household of somebody else."""
    size = len(role)
    background = np.flatnonzero(role[:patients] == NO_ROLE)
    chosen = rng.permutation(background)[: int(RELATIVES * patients)]
    is_head = np.ones(patients, bool)
    is_head[chosen] = False
    heads = np.flatnonzero(is_head)
    relative_of = np.full(size, -1)
    relation = np.full(size, -1, dtype=np.int8)
    if len(heads):
        relative_of[chosen] = rng.choice(heads, len(chosen))
        relation[chosen] = rng.choice(
            list(RELATION_SHARES), len(chosen), p=list(RELATION_SHARES.values())
        )
    return Households(relative_of, relation)


def household_origins(own: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Return origins: relatives have that of the head, but for some spouses."""
    mixed = (homes.relation == SPOUSE) & (rng.random(len(own)) < INTERMARRIED)
    return homes.follow(own, homes.related & ~mixed)


def household_sexes(own: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Return sexes: most spouses differ from the head, most twins do not."""
    draw = rng.random(len(own))
    spouse = (homes.relation == SPOUSE) & (draw < SPOUSES_OF_THE_OTHER_SEX)
    twin = (homes.relation == TWIN) & (draw < TWINS_OF_THE_SAME_SEX)
    other = 1 - np.minimum(own[homes.head], MALE)
    return np.where(spouse, other, homes.follow(own, twin)).astype(np.int8)
