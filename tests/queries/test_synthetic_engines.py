"""Every relation of every shipped schema gives the same rows on each engine that is executed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import Adapter, load_adapter
from ehrkit.queries.canonical.build import assemble, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.dialects import DIALECTS, render
from ehrkit.queries.engines import Engine
from ehrkit.queries.relations import RELATIONS
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from ehrkit.wearables.daily import daily_schema
from tests.queries.databases import EXECUTED, Databases

SHAPES = {"epic-clarity-billing": "clarity", "cerner-millennium": "cerner", "omop-5.4": "omop"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(15, 4), tuple(SHAPES.values()))
    return folder


def days_of(person_id: str) -> pa.Table:
    """Return what `ehrkit wear daily` writes, of three days; the middle one was not worn."""
    rows = [
        {"person_id": person_id, "date": date(2024, 2, 28), "steps": 4321, "wear_minutes": 900,
         "valid": True},
        {"person_id": person_id, "date": date(2024, 2, 29), "wear_minutes": 0, "valid": False},
        {"person_id": person_id, "date": date(2024, 3, 1), "steps": 0, "valid": None},
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=daily_schema("person_id"))


def tables_of(site: Path, schema: str) -> dict[str, pa.Table]:
    """Return the tables that a schema reads, by the names that it calls them; notes are cut."""
    adapter = load_adapter(schema)
    found = {"DEVICE_DAY": days_of("Z1").drop_columns(["recorded", "spliced"])}
    for name in adapter.tables(adapter.relations):
        if name != "DEVICE_DAY":
            folder = site / SHAPES[schema]
            path = next(p for p in folder.glob("*.parquet") if p.stem.upper() == name)
            found[name] = short(pq.read_table(path))
    return found


def short(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if field.name.upper() == "NOTE_TEXT":
            cut = pc.utf8_slice_codeunits(table.column(place), 0, 200)
            table = table.set_column(place, field, cut)
    return table


def statement(adapter: Adapter, name: str) -> Node:
    return assemble(adapter.ctes({name}), parse(f"SELECT r.* FROM {RELATIONS[name].cte} AS r"))


def rows(engine: Engine, adapter: Adapter, name: str) -> Counter[tuple[Any, ...]]:
    schema = RELATIONS[name].schema()
    found = engine.run(statement(adapter, name), schema).read_all().cast(schema).to_pylist()
    return Counter(
        tuple(round(v, 6) if isinstance(v, float) else v for v in row.values()) for row in found
    )


@pytest.mark.parametrize("schema", SHAPES)
@pytest.mark.parametrize("dialect", [one for one in EXECUTED if one != "duckdb"])
def test_relations_are_the_same_on_every_engine(
    databases: Databases, site: Path, dialect: str, schema: str
) -> None:
    adapter, tables = load_adapter(schema), tables_of(site, schema)
    wanted_of, found_in = databases.open("duckdb", tables), databases.open(dialect, tables)
    for name in adapter.relations:
        wanted = rows(wanted_of, adapter, name)
        assert rows(found_in, adapter, name) == wanted, name
        assert wanted, name


@pytest.mark.parametrize("schema", SHAPES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_relation_is_written_in_every_dialect(dialect: str, schema: str) -> None:
    adapter = load_adapter(schema)
    for name in adapter.relations:
        text = render(statement(adapter, name), dialect)
        assert "EHR_" not in text


@pytest.mark.parametrize("schema", SHAPES)
def test_days_with_a_device_are_those_that_were_added(
    databases: Databases, site: Path, schema: str
) -> None:
    engine = databases.open("duckdb", tables_of(site, schema))
    found = rows(engine, load_adapter(schema), "device_day")
    assert sorted(found, key=lambda row: row[3]) == [
        ("Z1", None, "Z1/2024-02-28", date(2024, 2, 28), 4321, 900, 1),
        ("Z1", None, "Z1/2024-02-29", date(2024, 2, 29), None, 0, 0),
        ("Z1", None, "Z1/2024-03-01", date(2024, 3, 1), 0, None, None),
    ]
