"""Who lives with whom: spouses, siblings, twins and children of another patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.people.words import (
    ADULT,
    CHILD,
    FEMALE,
    MALE,
    NO_ROLE,
    SIBLING,
    SPOUSE,
    TWIN,
    UNKNOWN_SEX,
    YEAR,
    Origin,
)
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.spec import CHART_START

# Reference calibration: 15 % of rows are a relative of another row, about 1.2 % share a birth date.
RELATIVES = 0.15
# As drawn; a few per cent of spouses and children cannot be that, and are siblings.
RELATION_SHARES = {SPOUSE: 0.50, SIBLING: 0.24, TWIN: 0.06, CHILD: 0.20}
# Nobody is born later; design choice.
LAST_BIRTH = np.datetime64("2019-06-30")
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


def make_households(
    role: Array, birth: Array, patients: int, rng: np.random.Generator
) -> Households:
    """Attach some people without surgery to the household of somebody else.

    `birth` is that of heads; who attaches is born by `relatives_births`. Who cannot be what
    the draw says is a sibling: a second spouse, a spouse of somebody who was no adult when
    the chart starts, a child of somebody who was no adult by the last birth of the site.
    """
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
        drawn = rng.choice(list(RELATION_SHARES), len(chosen), p=list(RELATION_SHARES.values()))
        relation[chosen] = np.where(
            _possible(drawn, relative_of[chosen], birth[relative_of[chosen]]), drawn, SIBLING
        )
    return Households(relative_of, relation)


def _possible(relation: Array, head: Array, birth: Array) -> Array:
    """Return a mask of relations that a head born on a day can have."""
    married = np.flatnonzero(relation == SPOUSE)
    second = np.zeros(len(relation), bool)
    second[married] = rank_within(head[married]) > 1
    adult = np.select(
        [relation == SPOUSE, relation == CHILD],
        [birth <= adult_since(CHART_START), birth <= adult_since(LAST_BIRTH)],
        True,
    )
    mask: Array = adult & ~second
    return mask


def adult_since(day: np.datetime64) -> np.datetime64:
    """Return the latest birth of somebody who is an adult on a day."""
    return day - np.timedelta64(int(np.ceil(ADULT * YEAR)), "D")


def household_origins(own: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Return origins: relatives have that of the head, but for the stated share of spouses."""
    mixed = (homes.relation == SPOUSE) & (rng.random(len(own)) < INTERMARRIED)
    head, origin = own[homes.head], homes.follow(own)
    for one in Origin:
        rows, others = np.flatnonzero(mixed & (head == one)), own[own != one]
        if len(rows) and len(others):
            origin[rows] = rng.choice(others, len(rows))
    return origin


def household_sexes(own: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Return sexes: most spouses differ from the head, most twins do not, as stated.

    Where a sex is not recorded, it stays so.
    """
    draw, head = rng.random(len(own)), own[homes.head]
    apart = (homes.relation == SPOUSE) & (draw < SPOUSES_OF_THE_OTHER_SEX)
    apart |= (homes.relation == TWIN) & (draw >= TWINS_OF_THE_SAME_SEX)
    settled = np.isin(homes.relation, (SPOUSE, TWIN)) & (own != UNKNOWN_SEX) & (head != UNKNOWN_SEX)
    bound = np.where(apart, FEMALE + MALE - head, head)
    return np.where(settled, bound, own).astype(np.int8)
