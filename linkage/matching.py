"""The whole of a private match: two encoded files in, links by reference out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.linkage.assignment import greedy
from ehrkit.linkage.blocking import DEFAULT_CAP, Candidates, candidates
from ehrkit.linkage.scoring import Model, log_odds, posterior, settle_prior, train
from ehrkit.linkage.sides import load_sides

MATCHES = b"ehrkit.link.matches"
# The decision with the fewest expected errors when a false link and a missed one
# cost the same; raise it where a false link costs more.
DEFAULT_THRESHOLD = 0.5

_COLUMNS = [
    field("left_ref", pa.string(), Phi.OTHER_ID),
    field("right_ref", pa.string(), Phi.OTHER_ID),
    field("probability", pa.float64(), Phi.NONE),
    field("log2_odds", pa.float64(), Phi.NONE),
]


@dataclass(frozen=True)
class MatchHeader:
    """What a file of matches says of itself: the key's fingerprint and both kinds of id."""

    key: str
    left_scope: str
    right_scope: str


@dataclass(frozen=True)
class Matches:
    """One-to-one links, best first, and how they came about.

    Attributes:
        table: left_ref, right_ref, probability, log2_odds.
        model: what the data taught.
        candidates: the pairs compared.
    """

    table: pa.Table
    model: Model
    candidates: Candidates


def match(
    left: pa.Table,
    right: pa.Table,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    cap: int = DEFAULT_CAP,
) -> Matches:
    """Link two encoded sides one to one.

    Args:
        left: an encoded table (see `encoded.encode`).
        right: another, encoded with the same key.
        threshold: lowest posterior probability of a link.
        cap: pairs per block; larger blocks are dropped for their key.

    Raises:
        UsageError: the threshold is no probability, or the cap is below 1.
        DataError: a table is not an encoded file, or they share too few fields.
        PolicyError: the sides were encoded with different keys.
    """
    if not 0 < threshold < 1:
        raise UsageError("the threshold is a probability between 0 and 1")
    sides = load_sides(left, right)
    found = candidates(sides, cap=cap)
    model = train(sides)
    scores, model = settle_prior(
        log_odds(sides, found.pairs, model), model, sides.sizes[0] * sides.sizes[1]
    )
    chosen = greedy(found.pairs, scores, at_least=float(np.log2(threshold / (1 - threshold))))
    linked = found.pairs.take(chosen)
    header = MatchHeader(sides.key, *sides.scopes)
    table = pa.table(
        [
            sides.left_refs.take(pa.array(linked.left)),
            sides.right_refs.take(pa.array(linked.right)),
            pa.array(posterior(scores[chosen])),
            pa.array(scores[chosen]),
        ],
        schema=pa.schema(_COLUMNS, metadata={MATCHES: json.dumps(asdict(header)).encode()}),
    )
    return Matches(table, model, found)
