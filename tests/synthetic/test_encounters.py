"""The helpers below the truth, against plain loops."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.synthetic.care.encounters import new_encounters, separate
from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.clarity.notes import split, to_utc
from ehrkit.synthetic.rows import rank_within

INTERVALS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 60), st.integers(1, 12), st.integers(0, 2)),
    max_size=30,
)


@given(INTERVALS)
def test_separate_keeps_no_overlap_and_nothing_is_dropped_without_reason(
    rows: list[tuple[int, int, int, int]],
) -> None:
    base = np.datetime64("2020-01-01T00:00:00", "s")
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    person, start, length, priority = columns.T
    encounters = new_encounters(person, Kind.OFFICE, base + start, base + start + length)
    kept = separate(encounters, priority)
    for a in range(len(rows)):
        clashes = [b for b in range(len(rows)) if a != b and _overlap(rows[a], rows[b])]
        if kept[a]:
            assert not any(kept[b] for b in clashes)
        else:
            assert any(rows[b][3] <= rows[a][3] for b in clashes)
    best = [row for row in range(len(rows)) if not any(
        _overlap(rows[row], rows[b]) for b in range(len(rows)) if b != row)]  # fmt: skip
    assert kept[best].all()


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] == b[0] and a[1] < b[1] + b[2] and b[1] < a[1] + a[2]


@given(st.lists(st.integers(0, 5), max_size=40))
def test_rank_within_counts_each_group(groups: list[int]) -> None:
    expected = [groups[: place + 1].count(group) for place, group in enumerate(groups)]
    assert rank_within(np.array(groups, dtype=np.int64)).tolist() == expected


@given(st.datetimes(datetime(2016, 1, 1), datetime(2026, 12, 31)))
def test_to_utc_follows_the_zone_database(local: datetime) -> None:
    local = local.replace(microsecond=0)
    zone = ZoneInfo("America/New_York")
    # The skipped hour of spring does not exist; of the repeated hour the later reading counts.
    aware = local.replace(tzinfo=zone, fold=1)
    offset = aware.utcoffset()
    assert offset is not None
    if aware.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != local:
        return
    assert to_utc(np.array([local], "datetime64[s]"))[0] == np.datetime64(local - offset, "s")


@given(st.text(max_size=2000))
def test_pieces_of_a_note_make_the_note(text: str) -> None:
    assert "".join(split(text)) == text


def test_procedure_codes_are_seven_characters_that_the_tables_allow() -> None:
    codes = procedure_codes()
    assert all(len(code) == 7 and not set(code) & set("IO.") for code in codes)
    # Reference: 33 spinal fusion codes for each stem; device A never takes qualifier 1.
    for stem in ("0SG0", "0SG1", "0SG3", "0RG1", "0RG2"):
        assert sum(code.startswith(stem) for code in codes) == 33
    assert not any(code[5:] == "A1" for code in codes if code[:3] in ("0SG", "0RG"))


def test_an_admitted_emergency_visit_leaves_three_traces_and_an_outside_one_none() -> None:
    person = np.zeros(2, np.int64)
    time = np.full(2, np.datetime64("2020-01-01T10:00:00", "s"))
    kinds = np.array([Kind.EMERGENCY_ADMITTED, Kind.EMERGENCY])
    found = new_encounters(person, kinds, time, time, outside=np.array([False, True]))
    signals = ("ed_record", "base_class", "class_or_department", "revenue")
    assert [bool(getattr(found, name)[0]) for name in signals] == [True, True, False, True]
    assert not any(getattr(found, name)[1] for name in signals)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        new_encounters(np.zeros(2, np.int64), Kind.OFFICE, np.zeros(2, "datetime64[s]"),
                       np.zeros(3, "datetime64[s]"))  # fmt: skip
