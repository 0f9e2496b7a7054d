"""Levels, u, EM and posteriors against plain Python, one pair at a time."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pyarrow as pa
import pytest

from ehrkit.linkage.anchors import deterministic_links
from ehrkit.linkage.blocking import candidates
from ehrkit.linkage.chance import COLLISION_FLOOR, chance_agreement, collision_rate
from ehrkit.linkage.comparison import LADDERS, compare, exact_level, patterns
from ehrkit.linkage.fields import FIELDS
from ehrkit.linkage.relatives import separate_relatives
from ehrkit.linkage.scoring import fit_matches, log_odds, posterior, settle_prior, train
from ehrkit.linkage.sides import Pairs, Sides
from ehrkit.linkage.text import soundex
from ehrkit.linkage.tokens import refs
from tests.linkage.conftest import KEY, Sample, sides_of

Row = dict[str, str | None]


def normal_rows(table: pa.Table, id_column: str) -> list[Row]:
    """The rows in the order of their references, normalised, in clear."""
    order = refs(KEY, id_column, table[id_column].to_pylist())
    rows = [
        {name: row[name] and FIELDS[name].normalise(row[name]) for name in FIELDS}
        for row in table.to_pylist()
    ]
    return [row for _, row in sorted(zip(order, rows, strict=True), key=lambda pair: pair[0])]


def plain_level(name: str, a: Row, b: Row) -> int:
    x, y = a[name], b[name]
    if x is None or y is None:
        return -1
    if x == y:
        return len(LADDERS[name])
    if name in ("first_name", "last_name"):
        other = "last_name" if name == "first_name" else "first_name"
        if x == b[other] and a[other] == y:
            return 4
        if soundex(x) is not None and soundex(x) == soundex(y):
            return 2
        length = 1 if name == "first_name" else 3
        return int(x[:length] == y[:length])
    if name == "birth_date":
        return 2 if x[5:] == y[5:] else int(x[:4] == y[:4])
    return 0


@pytest.fixture(scope="module")
def clear(small: Sample) -> tuple[list[Row], list[Row]]:
    return normal_rows(small[0], "patient"), normal_rows(small[1], "member")


def every_pair(sides: Sides) -> Pairs:
    grid = np.array(list(product(range(sides.sizes[0]), range(sides.sizes[1]))), np.int64)
    return Pairs(grid[:, 0], grid[:, 1])


def test_levels_are_those_of_the_clear_text(
    small_sides: Sides, clear: tuple[list[Row], list[Row]]
) -> None:
    pairs = every_pair(small_sides)
    levels = compare(small_sides, pairs).tolist()
    seen = set()
    for i, j, row in zip(pairs.left.tolist(), pairs.right.tolist(), levels, strict=True):
        plain = [plain_level(name, clear[0][i], clear[1][j]) for name in small_sides.fields]
        assert row == plain
        seen |= set(zip(small_sides.fields, plain, strict=True))
    assert {("first_name", 2), ("last_name", 1), ("birth_date", 2), ("sex", -1)} <= seen


def test_swapped_names_are_a_level_of_their_own() -> None:
    left = pa.table({"id": ["a"], "first_name": ["Lee"], "last_name": ["Ann"], "zip": ["02139"]})
    right = pa.table({"id": ["b"], "first_name": ["Ann"], "last_name": ["Lee"], "zip": ["02140"]})
    sides = sides_of(left, right, "id", "id")
    assert compare(sides, Pairs(np.array([0]), np.array([0]))).tolist() == [[4, 4, 0]]


def test_chance_agreement_is_counted_over_all_pairs_but_known_ones(small_sides: Sides) -> None:
    known = deterministic_links(small_sides)
    chance = chance_agreement(small_sides, known)
    linked = set(zip(known.left.tolist(), known.right.tolist(), strict=True))
    pairs = every_pair(small_sides)
    levels = compare(small_sides, pairs)
    others = [
        row
        for i, j, row in zip(
            pairs.left.tolist(), pairs.right.tolist(), levels.tolist(), strict=True
        )
        if (i, j) not in linked
    ]
    for place, name in enumerate(small_sides.fields):
        column = [row[place] for row in others if row[place] >= 0]
        n_levels = len(chance[name])
        for level in range(n_levels):
            share = (column.count(level) + 0.5) / (len(column) + 0.5 * n_levels)
            exact = level == exact_level(name) and name not in ("sex", "zip")
            if exact:
                share = max(column.count(level) / len(column), COLLISION_FLOOR)
            if not (exact and name in ("first_name", "last_name")):
                assert chance[name][level] == pytest.approx(share)
            else:  # an equal pair is never counted as swapped, so both ways agree
                assert chance[name][level] == pytest.approx(share)


def test_a_field_without_values_collides_never(small_sides: Sides) -> None:
    people = pa.table({"id": ["a", "b"], "email": [None, None], "phone": ["6175550142", None]})
    sides = sides_of(people.cast(pa.schema([(n, pa.string()) for n in people.schema.names])),
                     people.cast(pa.schema([(n, pa.string()) for n in people.schema.names])),
                     "id", "id")  # fmt: skip
    nobody = Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
    assert collision_rate(sides, "email", nobody) == 0.0
    assert collision_rate(sides, "phone", nobody) == 1.0


def test_em_agrees_with_a_plain_loop(small_sides: Sides) -> None:
    levels = compare(small_sides, every_pair(small_sides))[:3000]
    fields = [(0, "first_name"), (2, "birth_date"), (3, "sex")]
    chance = chance_agreement(small_sides, deterministic_links(small_sides))
    found, share = fit_matches(patterns(levels), fields, chance)
    plain, plain_share = _plain_em(levels.tolist(), fields, chance)
    assert share == pytest.approx(plain_share, rel=1e-6)
    for _, name in fields:
        assert found[name] == pytest.approx(plain[name], rel=1e-6)


def _plain_em(levels, fields, chance):
    match = {}
    for _, name in fields:
        k = len(chance[name])
        line = [0.05 + 0.95 * step / (k - 1) for step in range(k)]
        match[name] = [value / sum(line) for value in line]
    share = 0.2
    for _ in range(80):
        sums = {name: [0.5] * len(match[name]) for name in match}
        total = 0.0
        for row in levels:
            odds = share / (1 - share)
            for place, name in fields:
                if row[place] >= 0:
                    odds *= match[name][row[place]] / chance[name][row[place]]
            g = odds / (1 + odds)
            total += g
            for place, name in fields:
                if row[place] >= 0:
                    sums[name][row[place]] += g
        share = total / len(levels)
        match = {name: [v / sum(values) for v in values] for name, values in sums.items()}
    return match, share


def test_em_recovers_what_it_was_drawn_from() -> None:
    draw = np.random.default_rng(3)
    names = ["sex", "zip", "phone", "email"]
    true = {"sex": 0.97, "zip": 0.8, "phone": 0.6, "email": 0.7}
    chance = {"sex": 0.5, "zip": 0.05, "phone": 0.001, "email": 0.001}
    is_match = draw.random(40_000) < 0.3
    levels = np.stack(
        [draw.random(40_000) < np.where(is_match, true[n], chance[n]) for n in names], axis=1
    ).astype(np.int8)
    fixed = {n: np.array([1 - chance[n], chance[n]]) for n in names}
    found, share = fit_matches(patterns(levels), list(enumerate(names)), fixed)
    assert share == pytest.approx(0.3, abs=0.01)
    for name in names:
        assert found[name][1] == pytest.approx(true[name], abs=0.02)


def test_relatives_are_told_from_matches_and_strangers() -> None:
    draw = np.random.default_rng(4)
    names = ["first_name", "last_name", "birth_date", "phone"]
    agree = {  # match, relative, stranger
        "first_name": (0.9, 0.01, 0.01),
        "last_name": (0.9, 0.8, 0.005),
        "birth_date": (0.95, 0.08, 0.001),
        "phone": (0.7, 0.4, 0.0001),
    }
    kind = draw.choice(3, 30_000, p=[0.4, 0.35, 0.25])
    top = {n: exact_level(n) for n in names}
    levels = np.stack(
        [np.where(draw.random(30_000) < np.array(agree[n])[kind], top[n], 0) for n in names], axis=1
    ).astype(np.int8)

    def shares(which: int) -> dict[str, np.ndarray]:
        made = {}
        for name in names:
            values = np.full(top[name] + 1, 1e-9)
            values[0], values[-1] = 1 - agree[name][which], agree[name][which]
            made[name] = values
        return made

    home, share = separate_relatives(patterns(levels), list(enumerate(names)), shares(0), shares(2))
    assert share == pytest.approx(0.35, abs=0.02)
    for name in names:
        assert home[name][top[name]] == pytest.approx(agree[name][1], abs=0.03)


def test_scores_are_the_posterior_odds_of_plain_arithmetic(small_sides: Sides) -> None:
    model = train(small_sides)
    pairs = candidates(small_sides).pairs
    scores = log_odds(small_sides, pairs, model)
    levels = compare(small_sides, pairs).tolist()
    assert model.relatives is not None
    pooled = {}
    for name in ("first_name", "last_name"):
        both = [*small_sides.left[name].tolist(), *small_sides.right[name].tolist()]
        present = [code for code in both if code >= 0]
        pooled[name] = {code: present.count(code) / len(present) for code in set(present)}
    for place in range(len(pairs)):
        m, r = model.prior, model.relatives.prior
        u = 1 - model.prior - model.relatives.prior
        for name, level in zip(small_sides.fields, levels[place], strict=True):
            if level < 0:
                continue
            m *= model.match[name][level]
            r *= model.relatives.agreement[name][level]
            if name in pooled and level == 3:  # strangers agree on this very name this often
                u *= max(pooled[name][int(small_sides.left[name][pairs.left[place]])], 1e-6)
            else:
                u *= model.chance[name][level]
        assert scores[place] == pytest.approx(math.log2(m / (u + r)), abs=1e-6)


def test_the_settled_prior_is_the_mean_posterior(small_sides: Sides) -> None:
    n_pairs = small_sides.sizes[0] * small_sides.sizes[1]
    model = train(small_sides)
    raw = log_odds(small_sides, candidates(small_sides).pairs, model)
    scores, settled = settle_prior(raw, model, n_pairs)
    assert posterior(scores).sum() == pytest.approx(settled.prior * n_pairs, rel=1e-3)
    assert settled.expected == pytest.approx(60, rel=0.1)
    assert (scores - raw) == pytest.approx(math.log2(settled.prior / model.prior))


def test_the_posterior_is_a_logistic_of_base_two() -> None:
    assert posterior(np.array([0.0, 1.0, -1.0, 5000, -5000])) == pytest.approx(
        [0.5, 2 / 3, 1 / 3, 1.0, 0.0]
    )
