"""How often codes occur, and the entries of a set that match nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ehrkit.core.errors import UsageError
from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.counting import count_codes
from ehrkit.queries.engines.duckdb import open_memory
from ehrkit.queries.proving.invented import read_patient, tables_of
from ehrkit.queries.sections import Section
from ehrkit.queries.vocabulary.codesets import read_code_set

ROWS = {
    "procedure": [
        {"code": "0SG00J1", "event_id": "1"}, {"code": "0SG00J1", "event_id": "1"},
        {"code": "0SG00J1", "event_id": "2"}, {"code": "0SG1070", "event_id": "3"},
        {"code": "22612", "vocabulary": "hcpcs"}, {"code": "0SG30ZX"},
        {"code": "0SG00J1", "vocabulary": "local"},
    ],
    "condition": [{"code": "M4806", "vocabulary": "icd10cm"}],
}  # fmt: skip


def counted(**include: list[Any]) -> list[tuple[Any, ...]]:
    code_set = (
        read_code_set(
            Section({"include": include, "exclude": {"icd10pcs": ["??????X"]}}, "x.toml"), "x"
        )
        if "icd10pcs" in include
        else read_code_set(Section({"include": include}, "x.toml"), "x")
    )
    patients = [read_patient(Section({"label": "A", **ROWS}, "t"), n) for n in (1, 2)]
    with open_memory(tables_of(patients)) as engine:
        found = count_codes(code_set, load_adapter("logical"), engine)
    return [tuple(row.values()) for row in found.to_pylist()]


def test_events_and_persons_are_counted_by_code_and_entry() -> None:
    found = counted(icd10pcs=["0SG0*", "0SG1070", "0SG3*"], hcpcs=["22612..22630"])
    # The same event ids stand with both patients: an event is counted once.
    assert found == [
        ("procedure", "icd10pcs", "0SG00J1", 2, 2, "0SG0*"),
        ("procedure", "hcpcs", "22612", 1, 2, "22612..22630"),
        ("procedure", "icd10pcs", "0SG1070", 1, 2, "0SG1070"),
        (None, "icd10pcs", None, 0, 0, "0SG3*"),
    ]


def test_an_entry_that_matches_nothing_is_named_with_its_dates() -> None:
    assert counted(icd10cm=["M48.06", {"code": "T81.4XXA", "until": "2018-09-30"}]) == [
        ("condition", "icd10cm", "M4806", 1, 2, "M4806"),
        (None, "icd10cm", None, 0, 0, "T814XXA until 2018-09-30"),
    ]


def test_a_set_without_a_relation_is_refused() -> None:
    class NoDrugs:
        name, relations = "shape", ("procedure",)

    code_set = read_code_set(Section({"include": {"rxnorm": ["7804"]}}, "x.toml"), "drugs")
    with pytest.raises(UsageError, match="no relation with such codes") as caught:
        count_codes(code_set, NoDrugs(), None)
    assert caught.value.where == "drugs"
