"""Scan and draft: what columns are taken for, and drafts that hold as they stand."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from ehrkit.core.columns import Phi, field
from ehrkit.deid.draft import draft_policy
from ehrkit.deid.policy_toml import parse_policy
from ehrkit.deid.scan import Basis, scan, scan_table
from ehrkit.deid.standards import Standard
from tests.deid.conftest import SENTINEL, applied

ROWS = 300


def raw_export() -> pa.Table:
    """Return a table as a portal exports it: text, odd names, no tags."""
    day = [dt.date(2020, 1, 1) + dt.timedelta(days=n) for n in range(ROWS)]
    return pa.table(
        {
            "person_id": [f"P{n:05d}" for n in range(ROWS)],
            "First Name": [SENTINEL] * ROWS,
            "reachable": ["617-555-0100"] * ROWS,
            "who": [f"u{n}@example.org" for n in range(ROWS)],
            "government": ["123-45-6789"] * ROWS,
            "birth_date": [d.isoformat() for d in day],
            "went": [d.isoformat() for d in day],
            "came": [d.strftime("%m/%d/%Y") for d in day],
            "age": [str(20 + n % 70) for n in range(ROWS)],
            "zip": ["94305"] * ROWS,
            "sex": ["f", "m"] * (ROWS // 2),
            "ward": ["ICU", "OR", "ED"] * (ROWS // 3),
            "steps": [str(n * 31) for n in range(ROWS)],
            "remembered": [f"the patient was seen again and is well {n}" for n in range(ROWS)],
            "odd": [f"{SENTINEL}-{n}" for n in range(ROWS)],
            "empty": pa.array([None] * ROWS, pa.string()),
            "encounter_id": [f"E{n}" for n in range(ROWS)],
            "typed": pa.array(day),
            "value": [n / 3 for n in range(ROWS)],
            "coded": pa.array(["a", "b"] * (ROWS // 2)).dictionary_encode(),
        }
    )


EXPECTED = {
    "person_id": (Phi.OTHER_ID, Basis.NAME), "First Name": (Phi.NAME, Basis.NAME),
    "reachable": (Phi.PHONE, Basis.VALUES), "who": (Phi.EMAIL, Basis.VALUES),
    "government": (Phi.SSN, Basis.VALUES), "birth_date": (Phi.DATE, Basis.NAME),
    "went": (Phi.DATE, Basis.VALUES), "came": (Phi.DATE, Basis.VALUES),
    "age": (Phi.QUASI, Basis.NAME), "zip": (Phi.GEOGRAPHY, Basis.NAME),
    "sex": (Phi.QUASI, Basis.NAME), "ward": (Phi.NONE, Basis.VALUES),
    "steps": (Phi.NONE, Basis.VALUES), "remembered": (Phi.FREE_TEXT, Basis.VALUES),
    "odd": (None, Basis.NOTHING), "empty": (None, Basis.NOTHING),
    "encounter_id": (Phi.OTHER_ID, Basis.NAME), "typed": (Phi.DATE, Basis.TYPE),
    "value": (Phi.NONE, Basis.TYPE), "coded": (Phi.NONE, Basis.VALUES),
}  # fmt: skip


def test_columns_are_told_by_name_type_and_values() -> None:
    found = {each.column: (each.phi, each.basis) for each in scan(raw_export().to_reader())}
    assert found == EXPECTED


def test_a_tag_comes_before_the_name() -> None:
    schema = pa.schema([field("encounter_id", pa.string(), Phi.NONE),
                        field("steps", pa.string(), Phi.SSN)])  # fmt: skip
    table = pa.table([pa.array(["x"]), pa.array(["1"])], schema=schema)
    found = {each.column: (each.phi, each.basis) for each in scan(table.to_reader())}
    assert found == {"encounter_id": (Phi.NONE, Basis.TAG), "steps": (Phi.SSN, Basis.TAG)}
    policy = draft_policy({"t": scan(table.to_reader())}, last_year=2024)
    done = applied(table, policy).reader.read_all()
    assert done.column_names == ["encounter_id"]


@pytest.mark.parametrize("standard", list(Standard))
def test_a_draft_holds_as_it_stands_and_runs(standard: Standard) -> None:
    text = draft_policy({"t": scan(raw_export().to_reader())}, standard, last_year=2024)
    assert parse_policy(text).check() in (Standard.SAFE_HARBOR, standard, Standard.LIMITED)
    done = applied(raw_export(), text).reader.read_all()
    assert done.num_rows == ROWS
    kept = {"person_id", "birth_date", "went", "age", "zip", "sex", "ward", "steps",
            "encounter_id", "typed", "value", "coded"}  # fmt: skip
    assert set(done.column_names) == kept


def test_neither_the_draft_nor_the_scan_holds_a_value() -> None:
    classified = scan(raw_export().to_reader())
    text = draft_policy({"a table": classified}, last_year=2024)
    told = text + str(scan_table(classified).to_pylist())
    assert not any(v in told for v in (SENTINEL, "94305", "617", "P00", "example", "ICU"))
    assert "a table" in parse_policy(text).tables


def test_a_table_of_no_rows_is_drafted_from_its_names() -> None:
    text = draft_policy({"t": scan(raw_export().slice(0, 0).to_reader())}, last_year=2024)
    assert parse_policy(text).check() is Standard.LIMITED
