"""The leakage audit: group sizes by hand, and ranks that can be told apart."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from ehrkit.core.errors import DataError
from ehrkit.linkage.encoded import encode
from ehrkit.linkage.leakage import inspect, rank_exposed
from tests.linkage.conftest import KEY


def test_group_sizes_are_counted() -> None:
    zips = ["02139"] * 6 + ["02140"] * 3 + ["02141", None]
    people = pa.table(
        {
            "id": [str(n) for n in range(11)],
            "zip": zips,
            "sex": ["f"] * 11,
            "email": pa.nulls(11, pa.string()),
        }
    )
    encoded = encode(people.to_reader(), id_column="id", key=KEY).table
    rows = {row["token"]: row for row in inspect(encoded).to_pylist()}
    found = rows["zip"]
    assert (found["rows"], found["distinct"]) == (11, 3)
    assert (found["smallest_group"], found["largest_group"]) == (1, 6)
    assert found["missing_share"] == pytest.approx(1 / 11)
    assert found["unique_share"] == pytest.approx(1 / 10)
    assert found["commonest_10_share"] == 1.0
    assert found["key_fingerprint"] == KEY.fingerprint("link")
    assert rows["email"]["missing_share"] == 1.0
    assert rows["email"]["distinct"] == 0
    assert rows["email"]["unique_share"] is None


def test_ranks_are_exposed_where_counts_stand_apart() -> None:
    counts = [1000, 500, 480, 90, 1, 1]
    exposed = 0
    for place, count in enumerate(counts):
        above = counts[place - 1] if place else math.inf
        below = counts[place + 1] if place + 1 < len(counts) else 0
        clear_above = above == math.inf or above - count > 2 * math.sqrt(above + count)
        clear_below = count - below > 2 * math.sqrt(count + below)
        exposed += count if clear_above and clear_below else 0
    assert exposed == 1090  # 500 and 480 cannot be told apart, nor can singletons
    assert rank_exposed(np.array(counts, float)) == pytest.approx(exposed / sum(counts))


def test_a_single_group_is_named_at_once_and_equal_groups_never() -> None:
    assert rank_exposed(np.array([50.0])) == 1.0
    assert rank_exposed(np.array([30.0] * 5)) == 0.0


def test_a_clear_table_is_not_inspected() -> None:
    with pytest.raises(DataError, match="not an encoded file"):
        inspect(pa.table({"first_name": ["a"]}))
