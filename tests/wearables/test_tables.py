"""The tables that people hand over: records and crosswalks from CSV, and anchors."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from ehrkit.core.columns import Phi, field, phi_of
from ehrkit.core.errors import DataError, UsageError
from ehrkit.wearables.anchors import AnchorColumns, read_anchors
from ehrkit.wearables.crosswalk import read_crosswalk
from ehrkit.wearables.records import RECORDS, as_batches, conform
from tests.wearables.make import record

OPTIONAL = frozenset({"utc_offset_minutes"})


def test_records_survive_the_way_through_text() -> None:
    batch = next(as_batches([record(value=2.5, offset=-300), record(value=0)]))
    text = pa.table({name: batch[name].cast(pa.string()).fill_null("") for name in RECORDS.names})
    assert conform(text, RECORDS, OPTIONAL, "x").equals(pa.Table.from_batches([batch]))


def test_batches_are_bounded() -> None:
    sizes = [batch.num_rows for batch in as_batches((record() for _ in range(25)), 10)]
    assert sizes == [10, 10, 5]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("value", "Zebrowski", "not of the type"),
        ("start_local", "", "missing"),
        ("metric", None, "no column"),
    ],
)
def test_records_of_another_shape_are_refused(column: str, value: str | None, message: str) -> None:
    batch = next(as_batches([record()]))
    text = {name: batch[name].cast(pa.string()) for name in RECORDS.names if name != column}
    if value is not None:
        text[column] = pa.array([value])
    with pytest.raises(DataError, match=message) as caught:
        conform(pa.table(text), RECORDS, OPTIONAL, "x")
    assert column in str(caught.value)
    assert "Zebrowski" not in str(caught.value)


def links(device: list[str | None], person: list[str | None]) -> pa.RecordBatchReader:
    return pa.table({"device_user_id": device, "person_id": person}).to_reader()


def test_a_person_may_have_several_devices_but_a_device_only_one_person() -> None:
    assert read_crosswalk(links(["d1", "d2", "d1"], ["P", "P", "P"])) == {"d1": "P", "d2": "P"}
    with pytest.raises(DataError, match="two people"):
        read_crosswalk(links(["d1", "d1"], ["P", "Q"]))
    with pytest.raises(DataError, match="missing"):
        read_crosswalk(links(["d1", None], ["P", "Q"]))
    with pytest.raises(DataError, match="no column who"):
        read_crosswalk(links(["d1"], ["P"]), person="who")


def test_anchors_without_a_date_are_counted_and_the_persons_tag_is_kept() -> None:
    schema = pa.schema([field("pid", pa.string(), Phi.MRN), pa.field("surgery", pa.string())])
    table = pa.table([["a", "b", None], ["2024-01-02", "", "2024-01-02"]], schema=schema)
    found = read_anchors(table.to_reader(), AnchorColumns("surgery", "pid"), date(2024, 2, 1))
    assert (found.people, found.without_date) == (["a"], 2)
    assert found.last[0] - found.day[0] == 30
    assert phi_of(found.person_field) is Phi.MRN


def test_wrong_anchor_columns_are_refused_with_the_nearest_name() -> None:
    table = pa.table({"person_id": ["a"], "surgery": ["Zebrowski"]})
    with pytest.raises(UsageError, match="no column") as caught:
        read_anchors(table.to_reader(), AnchorColumns("surgry"))
    assert "surgery" in (caught.value.hint or "")
    with pytest.raises(DataError, match="type") as refused:
        read_anchors(table.to_reader(), AnchorColumns("surgery"))
    assert "Zebrowski" not in str(refused.value)
