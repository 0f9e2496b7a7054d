"""Blocking against a plain double loop, its cap, and its report."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.core.errors import DataError, UsageError
from ehrkit.linkage.anchors import RULES, deterministic_links
from ehrkit.linkage.blocking import block_keys, block_pairs, blocking_report, candidates
from ehrkit.linkage.sides import Pairs, Sides
from ehrkit.linkage.truth import locate
from tests.linkage.conftest import KEY, Sample, sides_of

CODES = st.lists(st.integers(-1, 5), max_size=15)


@given(CODES, CODES, st.integers(1, 12))
def test_pairs_of_a_block_are_those_of_a_double_loop(
    left: list[int], right: list[int], cap: int
) -> None:
    pairs, count = block_pairs("k", np.array(left, np.int64), np.array(right, np.int64), cap)
    size = {c: left.count(c) * right.count(c) for c in range(6)}
    plain = {
        (i, j)
        for i, a in enumerate(left)
        for j, b in enumerate(right)
        if a == b >= 0 and size[a] <= cap
    }
    got = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    assert len(got) == len(set(got)) == count.pairs
    assert set(got) == plain
    assert count.capped == sum(n > cap for n in size.values())
    assert count.dropped == sum(n for n in size.values() if n > cap)
    assert count.blocks == sum(n > 0 for n in size.values())


def test_the_union_holds_each_pair_once(small_sides: Sides) -> None:
    found = candidates(small_sides)
    got = list(zip(found.pairs.left.tolist(), found.pairs.right.tolist(), strict=True))
    plain = set()
    for name in block_keys(small_sides):
        for i, a in enumerate(small_sides.left[name].tolist()):
            plain |= {(i, j) for j, b in enumerate(small_sides.right[name].tolist()) if a == b >= 0}
    assert set(got) == plain
    assert got == sorted(set(got))


def test_the_report_measures_coverage(small: Sample, small_sides: Sides) -> None:
    truth = locate(small_sides, small[2], KEY)
    assert len(truth) == 60
    rows = blocking_report(small_sides, truth).to_pylist()
    assert rows[-1]["key"] == "all keys"
    assert rows[-1]["recall"] >= max(row["recall"] for row in rows[:-1])
    assert rows[-1]["recall"] > 0.95
    assert rows[-1]["pairs"] == len(candidates(small_sides).pairs)
    email = next(row for row in rows if row["key"] == "email")
    agree = small_sides.left["email"][truth.left] == small_sides.right["email"][truth.right]
    there = small_sides.left["email"][truth.left] >= 0
    assert email["recall"] == pytest.approx((agree & there).mean())
    assert blocking_report(small_sides, None)["recall"].null_count == len(rows)


def test_a_cap_below_one_and_no_common_key_are_refused(small_sides: Sides) -> None:
    with pytest.raises(UsageError):
        candidates(small_sides, cap=0)
    people = pa.table({"id": ["a"], "sex": ["f"], "zip": ["02139"]})
    with pytest.raises(DataError, match="no blocking key"):
        candidates(sides_of(people, people, "id", "id"))


def test_the_cascade_accepts_sole_candidates_only() -> None:
    def people(*rows: tuple[str, str, str, str]) -> pa.Table:
        names = ["id", "first_name", "last_name", "birth_date"]
        return pa.table({n: [row[k] for row in rows] for k, n in enumerate(names)})

    left = people(
        ("1", "Ann", "Lee", "1950-01-01"),
        ("2", "Bob", "Ray", "1960-01-01"),
        ("3", "Bob", "Ray", "1960-01-01"),
    )
    right = people(("x", "Ann", "Lee", "1950-01-01"), ("y", "Bob", "Ray", "1960-01-01"))
    sides = sides_of(left, right, "id", "id")
    truth = pa.table({"id": ["1"]})
    linked = deterministic_links(sides)
    assert truth.num_rows == len(linked) == 1
    name = sides.left["first_name"][linked.left], sides.right["first_name"][linked.right]
    assert name[0] == name[1]


def test_the_cascade_is_one_to_one_and_agrees_with_a_plain_loop(small_sides: Sides) -> None:
    linked = deterministic_links(small_sides)
    got = set(zip(linked.left.tolist(), linked.right.tolist(), strict=True))
    assert len({i for i, _ in got}) == len({j for _, j in got}) == len(got)
    assert got == _plain_cascade(small_sides)
    assert isinstance(linked, Pairs)


def _plain_cascade(sides: Sides) -> set[tuple[int, int]]:
    links: set[tuple[int, int]] = set()
    for rule in RULES:
        done = {i for i, _ in links}, {j for _, j in links}
        groups: dict[tuple[int, ...], tuple[list[int], list[int]]] = {}
        for side, columns in enumerate((sides.left, sides.right)):
            for row in range(sides.sizes[side]):
                code = tuple(int(columns[name][row]) for name in rule)
                if row not in done[side] and min(code) >= 0:
                    groups.setdefault(code, ([], []))[side].append(row)
        links |= {(a[0], b[0]) for a, b in groups.values() if len(a) == len(b) == 1}
    return links
