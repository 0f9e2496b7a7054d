"""The whole path: quality on corrupted people with relatives and twins, and stability."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.linkage_people import two_sides
from ehrkit.core.errors import UsageError
from ehrkit.linkage.encoded import encode
from ehrkit.linkage.evaluate import evaluate
from ehrkit.linkage.matching import Matches, match
from ehrkit.linkage.resolve import People, resolve
from tests.linkage.conftest import KEY, Sample


def matched(left: pa.Table, right: pa.Table) -> Matches:
    return match(
        encode(left.to_reader(), id_column="patient", key=KEY).table,
        encode(right.to_reader(), id_column="member", key=KEY).table,
    )


def crosswalk(sample: Sample, found: Matches) -> pa.Table:
    left, right = People(sample[0].to_reader(), None, "l"), People(sample[1].to_reader(), None, "r")
    return resolve(found.table, left, right, KEY)


@pytest.fixture(scope="module")
def found(sample: Sample) -> Matches:
    return matched(sample[0], sample[1])


def test_links_are_good_among_relatives_and_twins(sample: Sample, found: Matches) -> None:
    """The bar: F1 of .98 at the default threshold, and precision of .99 at .9."""
    report = evaluate(crosswalk(sample, found), sample[2]).to_pylist()
    assert report[0]["f1"] > 0.98
    at_nine_tenths = next(row for row in report if row["threshold"] == 0.9)
    assert at_nine_tenths["precision"] > 0.99
    assert at_nine_tenths["recall"] > 0.95


def test_the_probability_means_what_it_says(sample: Sample, found: Matches) -> None:
    """The sum of the links' probabilities predicts the number of true links within 2 %."""
    linked = crosswalk(sample, found)
    true = evaluate(linked, sample[2])["true_links"][0].as_py()
    assert sum(linked["probability"].to_pylist()) == pytest.approx(true, rel=0.02)
    assert found.model.expected == pytest.approx(600, rel=0.05)


def test_links_are_one_to_one_and_best_first(found: Matches) -> None:
    table = found.table
    for name in ("left_ref", "right_ref"):
        assert len(set(table[name].to_pylist())) == table.num_rows
    odds = table["log2_odds"].to_pylist()
    assert odds == sorted(odds, reverse=True)
    assert min(table["probability"].to_pylist()) >= 0.5


def test_the_order_of_rows_changes_nothing(small: Sample) -> None:
    draw = np.random.default_rng(1)
    shuffled = [table.take(draw.permutation(table.num_rows)) for table in small[:2]]
    assert matched(*shuffled).table.equals(matched(small[0], small[1]).table)


def test_sides_may_be_exchanged(small: Sample) -> None:
    one = matched(small[0], small[1]).table
    other = match(
        encode(small[1].to_reader(), id_column="member", key=KEY).table,
        encode(small[0].to_reader(), id_column="patient", key=KEY).table,
    ).table
    pairs = set(zip(one["left_ref"].to_pylist(), one["right_ref"].to_pylist(), strict=True))
    back = set(zip(other["right_ref"].to_pylist(), other["left_ref"].to_pylist(), strict=True))
    assert pairs == back


def test_few_fields_and_disjoint_sides_link_nobody_by_chance() -> None:
    left = pa.table({"patient": ["a", "b"], "email": ["a@x.org", "b@x.org"], "sex": ["f", "m"]})
    right = pa.table({"member": ["c", "d"], "email": ["c@x.org", "d@x.org"], "sex": ["f", "m"]})
    assert matched(left, right).table.num_rows == 0


@pytest.mark.parametrize("devices", [1, 3, 10])
def test_a_handful_of_devices_finds_its_people(devices: int) -> None:
    left, right, truth = two_sides(2000, 250, 200, seed=3)
    some = truth.slice(0, devices)
    right = right.filter(pc.is_in(right["member"], some["member"]))
    linked = crosswalk((left, right, some), matched(left, right))
    assert evaluate(linked, some)["f1"][0].as_py() == 1.0


def test_a_threshold_that_is_no_probability_is_refused(small: Sample) -> None:
    side = encode(small[0].to_reader(), id_column="patient", key=KEY).table
    for threshold in (0.0, 1.0, -1.0, 1.5):
        with pytest.raises(UsageError):
            match(side, side, threshold=threshold)
