"""Names: by origin and sex, shared in households, changed by marriage, handed down."""

from __future__ import annotations

from functools import cache

import numpy as np

from ehrkit.synthetic.people.households import Households, adult_since
from ehrkit.synthetic.people.pools import NICKNAMES, pools
from ehrkit.synthetic.people.surnames import ascii_name
from ehrkit.synthetic.people.words import (
    CHILD,
    FEMALE,
    MALE,
    SIBLING,
    SPOUSE,
    TWIN,
    Origin,
)
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import CHART_START

# Shares below are design choices.
FIRST_NAME_OF_ORIGIN = {Origin.HISPANIC: 0.6, Origin.EAST_ASIAN: 0.35, Origin.SOUTH_ASIAN: 0.8}
SPOUSES_OF_ONE_NAME, CHANGED_BY_MARRIAGE, HYPHENED = 0.8, 0.30, 0.12
# Hispanic families that write both parents' names.
TWO_SURNAMES = 0.15
FULL_MIDDLE, MIDDLE_INITIAL = 0.45, 0.30
TWINS_ALIKE, NAMESAKES, JUNIORS, THIRDS = 0.6, 0.25, 0.012, 0.003


def draw_names(
    sex: Array, birth: Array, origin: Array, homes: Households, rng: np.random.Generator
) -> dict[str, Array]:
    """Return first, middle, last, maiden and preferred names, and suffixes."""
    first = _firsts(sex, origin, rng)
    first = _alike_twins(first, sex, homes, rng)
    last, maiden = _lasts(sex, birth, origin, homes, rng)
    namesake = (homes.relation == CHILD) & (sex == MALE) & (sex[homes.head] == MALE)
    namesake &= rng.random(len(sex)) < NAMESAKES
    first = homes.follow(first, namesake)
    return {
        "first": first,
        "middle": homes.follow(_middles(sex, origin, rng), namesake),
        "last": last,
        "maiden": maiden,
        "suffix": _suffixes(sex, namesake, homes, rng),
        "preferred": np.array([NICKNAMES.get(name, name) for name in first], dtype=object),
    }


def _firsts(sex: Array, origin: Array, rng: np.random.Generator) -> Array:
    pool, size = pools(), len(sex)
    woman = sex != MALE
    names = np.where(woman, pool.female.draw(rng, size), pool.male.draw(rng, size))
    for one, share in FIRST_NAME_OF_ORIGIN.items():
        for rows, own in (
            (np.flatnonzero(woman & (origin == one)), pool.own_female[one]),
            (np.flatnonzero(~woman & (origin == one)), pool.own_male[one]),
        ):
            chosen = rows[rng.random(len(rows)) < share]
            names[chosen] = own.draw(rng, len(chosen))
    return names


def _alike_twins(first: Array, sex: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Give most twins a name beside the other's in the alphabet: Christina and Christine."""
    twins = np.flatnonzero((homes.relation == TWIN) & (rng.random(len(first)) < TWINS_ALIKE))
    ordered = {FEMALE: _alphabet("female"), MALE: _alphabet("male")}
    names = first.copy()
    for row in twins.tolist():
        names_of_sex = ordered[MALE if sex[row] == MALE else FEMALE]
        place = int(np.searchsorted(names_of_sex, first[homes.head[row]], side="right"))
        names[row] = names_of_sex[min(place, len(names_of_sex) - 1)]
    return names


@cache
def _alphabet(sex: str) -> Array:
    names: Array = np.sort(getattr(pools(), sex).values)
    return names


def _surnames(origin: Array, rng: np.random.Generator) -> Array:
    names = pools().last.draw(rng, len(origin))
    for one, own in pools().own_last.items():
        rows = np.flatnonzero(origin == one)
        names[rows] = own.draw(rng, len(rows))
    return names


def _born_names(origin: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Return family names at birth; brothers and sisters of a head were born with the same."""
    born = _surnames(origin, rng)
    double = np.flatnonzero((origin == Origin.HISPANIC) & (rng.random(len(origin)) < TWO_SURNAMES))
    joint = np.where(rng.random(len(double)) < 0.3, "-", " ").astype(object)
    born[double] = born[double] + joint + _surnames(origin[double], rng)
    return homes.follow(born, np.isin(homes.relation, (SIBLING, TWIN)))


def _lasts(
    sex: Array, birth: Array, origin: Array, homes: Households, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return last names, and names at birth of those whose name changed by marriage.

    Adult women may have the name of a husband. Most spouses have one name, that of the
    husband; a child has that of the head.
    """
    size, head = len(sex), homes.head
    born, married = _born_names(origin, homes, rng), _surnames(origin, rng)
    changed = (sex == FEMALE) & (birth <= adult_since(CHART_START))
    changed &= rng.random(size) < CHANGED_BY_MARRIAGE
    shared = (homes.relation == SPOUSE) & (rng.random(size) < SPOUSES_OF_ONE_NAME)
    husbands = np.flatnonzero(shared & (sex == MALE) & (sex[head] == FEMALE))
    married[head[husbands]], changed[head[husbands]] = born[husbands], True
    last = np.where(changed, married, born)
    child = homes.relation == CHILD
    born = np.where(child, last[head], born)
    last = np.where(shared | (child & ~changed), last[head], last)
    maiden = np.where(last != born, born, "")
    hyphened = (maiden != "") & (rng.random(size) < HYPHENED)
    return np.where(hyphened, maiden + "-" + last, last), maiden


def _middles(sex: Array, origin: Array, rng: np.random.Generator) -> Array:
    names, draw = _firsts(sex, origin, rng), rng.random(len(sex))
    initials = np.array([name[0] for name in names], dtype=object)
    return np.select(
        [draw < FULL_MIDDLE, draw < FULL_MIDDLE + MIDDLE_INITIAL], [names, initials], ""
    )


def _suffixes(sex: Array, namesake: Array, homes: Households, rng: np.random.Generator) -> Array:
    """Return Jr for namesakes, Sr for most of their fathers, Jr or III for a few other men."""
    draw = rng.random(len(sex))
    few = [(sex == MALE) & (draw < JUNIORS), (sex == MALE) & (draw < JUNIORS + THIRDS)]
    suffix = np.select(few, ["Jr", "III"], "").astype(object)
    fathers = homes.head[namesake]
    suffix[fathers] = np.where(draw[fathers] < 0.6, "Sr", "")
    suffix[namesake] = "Jr"
    return suffix


@cache
def plain(name: str) -> str:
    """Return a name as lower-case ASCII letters, as an e-mail address spells it."""
    return "".join(letter for letter in ascii_name(name).lower() if letter.isalpha())
