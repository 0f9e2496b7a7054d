"""A Clarity-shaped chart to write into, and the shipped definitions to run on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.queries.clarity_chart import Chart


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    return Chart(tmp_path / "chart.duckdb")
