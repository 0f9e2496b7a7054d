"""Fellegi and Sunter on tokens: m by EM per block, the prior from data, a posterior per pair.

Fellegi and Sunter, A theory for record linkage, JASA 1969; EM for m as in Winkler
1988. m is trained in blocks that are drawn by equality of some fields, and those
fields are left out while the block trains, so that being in the block does not
count as evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from ehrkit.linkage.anchors import deterministic_links
from ehrkit.linkage.blocking import block_pairs
from ehrkit.linkage.chance import chance_agreement
from ehrkit.linkage.comparison import (
    Levels,
    Patterns,
    compare,
    exact_level,
    level_count,
    patterns,
)
from ehrkit.linkage.relatives import Relatives, fit_relatives
from ehrkit.linkage.shares import log_product, start_line, weighted_shares
from ehrkit.linkage.sides import Floats, Pairs, Sides

# Never by what a household shares (last name with ZIP or address, phone): such a
# block holds as many relatives as matches, and EM takes them for one class.
TRAINING_BLOCKS = (
    ("birth_date",),
    ("first_name", "last_name"),
    ("email",),
    ("first_name", "zip"),
    ("first_name", "phone"),
)
# Two blocks leave every field a block in which it is not skipped; more only
# where a side lacks the fields of the first two.
_BLOCKS_USED = 2
_TRAINING_CAP = 4000
_ROUNDS = 80
_SETTLING_ROUNDS = 12
_START_SHARE = 0.2
_RARITY_FLOOR = 1e-6
# Recall of the deterministic cascade, where no training block can count matches:
# .81 on febrl4 and .96 on census-like synthetic people; their middle.
ASSUMED_RECALL = 0.9


@dataclass(frozen=True)
class Model:
    """What the data taught.

    Attributes:
        match: field -> m per level, agreement among true pairs.
        chance: field -> u per level, agreement among others.
        expected: estimated number of people on both sides.
        prior: chance that a random pair is a match.
        relatives: the class of people who share a home, or None.
    """

    match: Mapping[str, Floats]
    chance: Mapping[str, Floats]
    expected: float
    prior: float
    relatives: Relatives | None


@dataclass(frozen=True)
class BlockFit:
    """One run of EM.

    Attributes:
        skipped: the fields that drew the block.
        match: m of the other fields.
        matches: expected true pairs in the block.
    """

    skipped: tuple[str, ...]
    match: Mapping[str, Floats]
    matches: float


def train(sides: Sides) -> Model:
    """Estimate u, m and the number of matches from two encoded sides, without labels."""
    known = deterministic_links(sides)
    chance = chance_agreement(sides, known)
    trained = (_fit_block(sides, names, chance) for names in TRAINING_BLOCKS)
    fits = list(islice((fit for fit in trained if fit is not None), _BLOCKS_USED))
    match = {name: _pooled(sides, name, fits) for name in sides.fields}
    expected = _expected_matches(sides, fits, match, len(known))
    n_pairs = sides.sizes[0] * sides.sizes[1]
    prior = min(max(expected / n_pairs, 1e-12), 0.5)
    return Model(match, chance, expected, prior, fit_relatives(sides, match, chance))


def log_odds(sides: Sides, pairs: Pairs, model: Model) -> Floats:
    """Return log2 of the posterior odds of every pair: match against stranger or relative.

    A name equal on both sides counts by its rarity against strangers; relatives name
    their children after each other, so against them it does not.
    """
    levels = compare(sides, pairs)
    found = patterns(levels)
    fields = list(enumerate(sides.fields))
    near = model.relatives
    match = np.log2(model.prior) + _log2_product(found, fields, model.match)
    strangers = _log2_product(found, fields, model.chance)
    strangers += np.log2(1 - model.prior - (near.prior if near else 0.0))
    others: Floats = strangers[found.inverse] - _name_rarity(sides, pairs, levels, model)
    if near:
        relatives = np.log2(near.prior) + _log2_product(found, fields, near.agreement)
        others = np.logaddexp2(others, relatives[found.inverse])
    scores: Floats = match[found.inverse] - others
    return scores


def settle_prior(scores: Floats, model: Model, n_pairs: int) -> tuple[Floats, Model]:
    """Move the prior until it equals the mean posterior; return the new scores and model.

    The blocks that trained m know only matches and strangers; where few people are
    shared, relatives make up much of what they took for matches. The scores know
    relatives too. Pairs that are no candidates count as certain non-matches.
    """
    shift = 0.0
    for _ in range(_SETTLING_ROUNDS):
        expected = max(float(posterior(scores + shift).sum()), 0.5)
        shift = float(np.log2(expected / n_pairs / model.prior))
    prior = model.prior * 2**shift
    return scores + shift, replace(model, prior=prior, expected=prior * n_pairs)


def posterior(scores: Floats) -> Floats:
    """Return the probability of log2 odds."""
    result: Floats = 1 / (1 + np.exp2(-np.clip(scores, -1000, 1000)))
    return result


def fit_matches(
    found: Patterns,
    fields: Sequence[tuple[int, str]],
    chance: Mapping[str, Floats],
) -> tuple[Mapping[str, Floats], float]:
    """Run EM with u fixed; return m per field and the share of matches among the pairs.

    Args:
        found: patterns of the pairs of one block.
        fields: column of the patterns and name, of the fields that are evidence here.
        chance: u per field.
    """
    match = {name: start_line(len(chance[name])) for _, name in fields}
    strangers = log_product(found.levels, fields, chance)
    share, total = _START_SHARE, found.counts.sum()
    for _ in range(_ROUNDS):
        weight = np.log(share / (1 - share)) - strangers
        weight += log_product(found.levels, fields, match)
        expected = found.counts / (1 + np.exp(-np.clip(weight, -700, 700)))
        share = min(max(float(expected.sum() / total), 1e-9), 1 - 1e-9)
        for place, name in fields:
            match[name] = weighted_shares(found.levels[:, place], expected, len(match[name]))
    return match, share


def _fit_block(
    sides: Sides, skipped: tuple[str, ...], chance: Mapping[str, Floats]
) -> BlockFit | None:
    """Train in one block, if both sides have its fields, another one, and pairs in it."""
    fields = [(place, name) for place, name in enumerate(sides.fields) if name not in skipped]
    if not fields or not set(skipped) <= set(sides.fields):
        return None
    pairs, _ = block_pairs("training", *sides.joint(skipped), _TRAINING_CAP)
    if not len(pairs):
        return None
    match, share = fit_matches(patterns(compare(sides, pairs)), fields, chance)
    return BlockFit(skipped, match, share * len(pairs))


def _pooled(sides: Sides, name: str, fits: Sequence[BlockFit]) -> Floats:
    """Return the mean m of the blocks that trained a field, or the starting line if none did."""
    trained = [fit.match[name] for fit in fits if name in fit.match]
    if trained:
        mean: Floats = np.mean(trained, axis=0)
        return mean
    return start_line(level_count(name, sides.fields))


def _expected_matches(
    sides: Sides, fits: Sequence[BlockFit], match: Mapping[str, Floats], known: int
) -> float:
    """Estimate how many people are on both sides.

    A block holds the true pairs that agree on its fields, so their number is divided
    by the share of true pairs that do: m of the skipped fields, as another block
    taught it, and both values present. Without two blocks: known links over their
    assumed recall.
    """
    estimates = [
        fit.matches / np.prod([_agreeing(sides, name, match) for name in fit.skipped])
        for fit in fits
        if all(any(name in other.match for other in fits) for name in fit.skipped)
    ]
    expected = float(np.median(estimates)) if estimates else known / ASSUMED_RECALL
    return min(max(expected, 1.0), float(min(sides.sizes)))


def _agreeing(sides: Sides, name: str, match: Mapping[str, Floats]) -> float:
    there = float((sides.left[name] >= 0).mean() * (sides.right[name] >= 0).mean())
    return there * float(match[name][exact_level(name)])


def _log2_product(
    found: Patterns, fields: Sequence[tuple[int, str]], shares: Mapping[str, Floats]
) -> Floats:
    product: Floats = log_product(found.levels, fields, shares) / np.log(2)
    return product


def _name_rarity(sides: Sides, pairs: Pairs, levels: Levels, model: Model) -> Floats:
    """Return, per pair, log2(u / frequency) of the names that are equal."""
    bonus = np.zeros(len(pairs))
    for place, name in enumerate(sides.fields):
        if name in ("first_name", "last_name"):
            equal = levels[:, place] == exact_level(name)
            rarity = _rarity(sides, name, model.chance[name][exact_level(name)])
            bonus[equal] += rarity[sides.left[name][pairs.left[equal]]]
    return bonus


def _rarity(sides: Sides, name: str, chance: float) -> Floats:
    both = np.concatenate([sides.left[name], sides.right[name]])
    counts = np.bincount(both[both >= 0])
    frequency = np.maximum(counts / max(counts.sum(), 1), _RARITY_FLOOR)
    bonus: Floats = np.log2(chance / frequency)
    return bonus
