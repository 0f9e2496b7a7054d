"""Two runs, or two cohorts, row by row: what differs, and the step that decided."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ehrkit.core.errors import DataError
from ehrkit.core.tables import open_table, write_table
from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.engines.duckdb import open_memory
from ehrkit.queries.proving.comparing import compare_cohorts, compare_runs
from ehrkit.queries.proving.invented import read_patient, tables_of
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.sections import Section

DAY = date(2024, 3, 1)


def run(*rows: dict[str, Any], **types: pa.DataType) -> pa.Table:
    """Return rows of a run; each has a key of its own unless it says one."""
    key = {"person_id": pa.string(), "encounter_id": pa.string(), "index_date": pa.date32()}
    schema = pa.schema(list((key | types).items()))
    full = [
        {"person_id": f"p{n}", "encounter_id": f"e{n}", "index_date": DAY} | row
        for n, row in enumerate(rows, 1)
    ]
    return pa.Table.from_pylist(full, schema=schema)


def differences(one: pa.Table, other: pa.Table) -> list[tuple[Any, ...]]:
    names = ("person_id", "difference", "column", "first", "second")
    found = compare_runs(one, other)
    return [tuple(row[name] for name in names) for row in found.to_pylist()]


def test_equal_runs_have_no_difference_whatever_their_order() -> None:
    one = run({"x": 1}, {"x": None}, x=pa.int64())
    assert differences(one, one) == []
    assert differences(one, one.take([1, 0])) == []
    assert differences(one, one.select(["x", "index_date", "encounter_id", "person_id"])) == []
    assert differences(run(), run()) == []


def test_rows_of_one_run_and_changed_values() -> None:
    one = run({"x": 1}, {"x": None}, {"x": 3}, {"x": 4}, x=pa.int64())
    other = run({"x": 1}, {"x": 2}, {"person_id": "q"}, {"x": None}, x=pa.int64())
    assert differences(one, other) == [
        ("p2", "another value", "x", None, "2"),
        ("p3", "only in the first", None, None, None),
        ("p4", "another value", "x", "4", None),
        ("q", "only in the second", None, None, None),
    ]


def test_an_unknown_encounter_is_a_key_like_others() -> None:
    one = run({"encounter_id": None})
    assert differences(one, one) == []
    assert [row[1] for row in differences(one, run({}))] == [
        "only in the first", "only in the second",
    ]  # fmt: skip


def test_a_column_that_one_run_lacks_is_told_once() -> None:
    one = run({"x": 1}, {"x": 2}, x=pa.int64())
    other = run({"y": 1}, {"y": 2}, y=pa.int64())
    assert differences(one, other) == [
        (None, "only in the first", "x", None, None),
        (None, "only in the second", "y", None, None),
    ]


@pytest.mark.parametrize("name", ["person_id", "encounter_id", "index_date"])
def test_a_run_needs_the_key(name: str) -> None:
    good, bad = run({}), run({}).drop_columns([name])
    with pytest.raises(DataError, match=f"has no column {name}") as caught:
        compare_runs(good, bad, names=("a.csv", "b.csv"))
    assert caught.value.where == "b.csv"


def test_an_event_that_stands_twice_is_refused_without_its_id() -> None:
    twice = run(
        {"person_id": "SECRET", "encounter_id": "1"}, {"person_id": "SECRET", "encounter_id": "1"}
    )
    with pytest.raises(DataError, match="stands twice") as caught:
        compare_runs(run({}), twice)
    assert caught.value.where == "the second"
    assert "SECRET" not in str(caught.value)


def test_a_csv_file_is_the_run_that_wrote_it(tmp_path: Path) -> None:
    table = run(
        {"n": 1, "x": 2500.0, "y": 0.1, "d": DAY, "t": "a,b"},
        {"n": None, "x": None, "y": 1e-7, "d": None, "t": None},
        n=pa.int64(), x=pa.float64(), y=pa.float64(), d=pa.date32(), t=pa.string(),
    )  # fmt: skip
    write_table(table, tmp_path / "run.csv", None)
    written = open_table(str(tmp_path / "run.csv"), None).read_all()
    assert written.schema.field("n").type == pa.string()
    assert differences(table, written) == []
    assert differences(written, table) == []
    changed = table.set_column(3, "n", pa.array([2, None], pa.int64()))
    assert differences(written, changed) == [("p1", "another value", "n", "1", "2")]


def test_a_hundred_thousand_rows_fit_into_little_memory() -> None:
    size = 100_000
    numbers = pa.array(range(size))
    columns = {f"c{n}": numbers for n in range(10)}
    key = {
        "person_id": numbers.cast(pa.string()),
        "encounter_id": pa.nulls(size, pa.string()),
        "index_date": pa.array([DAY] * size),
    }
    one = pa.table(key | columns)
    other = pa.table(key | columns | {"c9": pa.array([0, *range(1, size - 1), 0])})
    tracemalloc.start()
    found = compare_runs(one, other)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row["person_id"] for row in found.to_pylist()] == ["99999"]
    assert peak < 150e6


COHORT = """
id = "mine"
title = "Mine"
[parameters]
oldest = { type = "integer", default = 200 }
window = { type = "days", default = 30 }
washout = { type = "days", default = 1 }
[index]
encounter = "inpatient"
keep = "every"
washout = "washout"
[[require]]
label = "Not too old"
age = { at_most = "oldest" }
[[column]]
name = "visits"
encounter = "emergency"
days = [1, "window"]
value = "count"
"""


def compared(folder: Path, one: dict[str, str], other: dict[str, str]) -> list[dict[str, Any]]:
    (folder / "mine.toml").write_text(COHORT)
    stays = [("2024-03-01", "inpatient"), ("2024-03-21", "emergency"), ("2024-06-01", "inpatient")]
    patients = [
        read_patient(
            Section(
                {
                    "label": born,
                    "person": {"birth_date": born},
                    "encounter": [{"date": day, "kind": kind} for day, kind in stays[: 3 - number]],
                },
                "t",
            ),
            number,
        )
        for number, born in enumerate(("1990-01-01", "1930-01-01"))
    ]
    cohorts = [load_cohort(str(folder / "mine.toml"), values=values) for values in (one, other)]
    with open_memory(tables_of(patients)) as engine:
        found = compare_cohorts(*cohorts, load_adapter("logical"), engine)
    return list(found.to_pylist())


def test_the_step_that_keeps_an_event_out_is_named(tmp_path: Path) -> None:
    (row,) = compared(tmp_path, {}, {"oldest": "80"})
    assert (row["person_id"], row["index_date"]) == ("patient 1", DAY)
    assert (row["difference"], row["decided"]) == ("only in the first", "Not too old")
    (row,) = compared(tmp_path, {"oldest": "80"}, {})
    assert (row["difference"], row["decided"]) == ("only in the second", "Not too old")
    (row,) = compared(tmp_path, {"washout": "365"}, {})
    assert row["index_date"] == date(2024, 6, 1)
    assert row["decided"] == "No other index event in the 365 days before"


def test_changed_values_have_no_deciding_step(tmp_path: Path) -> None:
    rows = compared(tmp_path, {}, {"window": "19"})
    assert [(row["column"], row["first"], row["second"], row["decided"]) for row in rows] == [
        ("visits", "1", "0", None), ("visits", "1", "0", None),
    ]  # fmt: skip
    assert compared(tmp_path, {}, {}) == []
