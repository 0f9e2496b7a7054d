"""One synthetic site in three shapes, read through the relations and by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from ehrkit.queries.adapting.adapters import Adapter, load_adapter
from ehrkit.queries.canonical.build import assemble, parse
from ehrkit.queries.engines import open_engine
from ehrkit.queries.relations import RELATIONS

SHAPES = {"clarity": "epic-clarity", "cerner": "cerner-millennium", "omop": "omop-5.4"}
Rows = list[dict[str, Any]]


def relation(site: Path, shape: str, name: str, adapter: Adapter | None = None) -> Rows:
    """Return the rows of a relation, with the digits of PAT_ID as every shape's person key."""
    adapter = adapter or load_adapter(SHAPES[shape])
    with open_engine(str(site / shape)) as engine:
        rows = parse(f"SELECT r.* FROM {RELATIONS[name].cte} AS r")
        found = engine.run(assemble(adapter.ctes({name}), rows)).read_all().to_pylist()
    return [{**row, "person_id": row["person_id"].lstrip("Z")} for row in found]


def by_hand(site: Path, shape: str, query: str) -> list[tuple[Any, ...]]:
    """Run SQL that somebody wrote for the tables of a shape."""
    with duckdb.connect() as connection:
        for path in (site / shape).glob("*.parquet"):
            connection.execute(f'CREATE VIEW "{path.stem}" AS SELECT * FROM "{path}"')
        return connection.execute(query).fetchall()


def counted(rows: Iterable[dict[str, Any]], *names: str) -> Counter[tuple[Any, ...]]:
    """Count rows by some of their columns."""
    return Counter(tuple(row[name] for name in names) for row in rows)
