"""A Clarity-shaped chart to write into, and the shipped definitions to run on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.queries.clarity_chart import Chart
from tests.queries.databases import Databases


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    return Chart(tmp_path / "chart.duckdb")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Engines that hold the tables of a test: `databases.open("mariadb", {"T": table})`."""
    found = Databases()
    yield found
    found.close()
