"""People who share a home and are not the same: a third class beside match and chance.

Fellegi and Sunter assume that fields agree independently among non-matches. Spouses,
siblings and twins break that: last name, address, ZIP and phone agree together, and
their product outweighs a different first name and birth date. So non-matches are two
classes, strangers (u) and relatives, and the odds of a pair are

    matches m / (strangers u + relatives h)

h is trained by EM in the block of equal addresses, with m and u fixed. Relatives
agree on the field that draws the block as often as one person's own records do,
because the truth behind both records is the same; so h there is m.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ehrkit.linkage.blocking import block_pairs
from ehrkit.linkage.comparison import Patterns, compare, exact_level, patterns
from ehrkit.linkage.shares import log_product, start_line, weighted_shares
from ehrkit.linkage.sides import Floats, Sides

# The first that both sides have draws the block of those who may live together.
HOME_BLOCKS = (("address",), ("last_name", "zip"), ("phone",))
_HOME_FIELDS = frozenset({"last_name", "zip", "address", "phone"})
_CAP = 4000
_ROUNDS = 80
_START = np.array([0.3, 0.4, 0.3])


@dataclass(frozen=True)
class Relatives:
    """What the data taught about relatives.

    Attributes:
        agreement: field -> h per level.
        prior: chance that a random pair are relatives.
    """

    agreement: Mapping[str, Floats]
    prior: float


def fit_relatives(
    sides: Sides, match: Mapping[str, Floats], chance: Mapping[str, Floats]
) -> Relatives | None:
    """Train h, or return None where no two records share a home or a phone."""
    for drawn in HOME_BLOCKS:
        if set(drawn) <= set(sides.fields):
            pairs, _ = block_pairs("homes", *sides.joint(drawn), _CAP)
            if len(pairs):
                break
    else:
        return None
    fields = [(place, name) for place, name in enumerate(sides.fields) if name not in drawn]
    trained, share = separate_relatives(patterns(compare(sides, pairs)), fields, match, chance)
    caught = np.prod(
        [
            match[name][exact_level(name)]
            * (sides.left[name] >= 0).mean()
            * (sides.right[name] >= 0).mean()
            for name in drawn
        ]
    )
    number = share * len(pairs) / caught
    prior = float(min(max(number / (sides.sizes[0] * sides.sizes[1]), 1e-12), 0.25))
    return Relatives({name: trained.get(name, match[name]) for name in sides.fields}, prior)


def separate_relatives(
    found: Patterns,
    fields: Sequence[tuple[int, str]],
    match: Mapping[str, Floats],
    chance: Mapping[str, Floats],
) -> tuple[dict[str, Floats], float]:
    """Run EM over matches, relatives and strangers; only h and the three shares move.

    Args:
        found: patterns of the pairs of one block.
        fields: column of the patterns and name, of the fields that are evidence here.
        match: m per field.
        chance: u per field.

    Returns:
        h per field, and the share of relatives among the pairs.
    """
    home = {
        name: start_line(len(chance[name])) if name in _HOME_FIELDS else chance[name]
        for _, name in fields
    }
    shares = _START
    fixed = [log_product(found.levels, fields, model) for model in (match, chance)]
    for _ in range(_ROUNDS):
        logs = np.stack([fixed[0], log_product(found.levels, fields, home), fixed[1]])
        logs += np.log(shares)[:, None]
        odds = np.exp(logs - logs.max(axis=0))
        expected = found.counts * odds / odds.sum(axis=0)
        shares = (expected.sum(axis=1) + 0.5) / (expected.sum() + 1.5)
        for place, name in fields:
            home[name] = weighted_shares(found.levels[:, place], expected[1], len(home[name]))
    return home, float(shares[1])
