"""People, a key, and encoded sides that several tests share."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchmarks.linkage_people import two_sides
from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.encoded import encode
from ehrkit.linkage.sides import Sides, load_sides

KEY = ProjectKey(bytes(range(32)))

Sample = tuple[pa.Table, pa.Table, pa.Table]


def sides_of(left: pa.Table, right: pa.Table, left_id: str, right_id: str) -> Sides:
    return load_sides(
        encode(left.to_reader(), id_column=left_id, key=KEY).table,
        encode(right.to_reader(), id_column=right_id, key=KEY).table,
    )


@pytest.fixture(scope="session")
def sample() -> Sample:
    """2,000 x 2,000 corrupted people, 600 shared, with relatives and twins."""
    return two_sides(2000, 2000, 600, seed=11)


@pytest.fixture(scope="session")
def small() -> Sample:
    return two_sides(120, 100, 60, seed=5)


@pytest.fixture(scope="session")
def small_sides(small: Sample) -> Sides:
    return sides_of(small[0], small[1], "patient", "member")
