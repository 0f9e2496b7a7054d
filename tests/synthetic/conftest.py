"""One synthetic site, made once: a chart to query, device exports, an answer key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from ehrkit.synthetic.generate import generate

PATIENTS, SEED = 2000, 7
Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, PATIENTS, SEED)
    return folder


@pytest.fixture(scope="session")
def query(site: Path) -> Iterator[Query]:
    """Run hand-written SQL on the chart; tables of the answer key are views truth_<name>."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{site}/chart.duckdb' AS chart (READ_ONLY)")
        connection.execute("USE chart")
        for path in (site / "truth").glob("*.parquet"):
            connection.register(f"truth_{path.stem}", pq.read_table(path))
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


@pytest.fixture(scope="session")
def planted(query: Query) -> Callable[[str], set[str]]:
    """The keys that were planted under a kind."""

    def keys(kind: str) -> set[str]:
        found = query("SELECT key FROM truth_planted WHERE kind = ?", kind)
        assert found, f"nothing was planted under {kind}"
        return {str(row[0]) for row in found}

    return keys
