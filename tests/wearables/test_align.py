"""Windows around anchors, against a plain loop over days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.columns import phi_of
from ehrkit.core.errors import DataError, UsageError
from ehrkit.wearables import prefix_sums
from ehrkit.wearables.align import Alignment, align
from ehrkit.wearables.windows import DEFAULT_WINDOWS, Window, parse_window
from tests.wearables.make import anchors_of, daily_table

START = date(2024, 1, 1)
WINDOWS = (Window("baseline", -9, -3), Window("day0", 0, 0), Window("late", 2, 12))


def by_loop(daily: pa.Table, rows: list[dict[str, Any]], plan: Alignment) -> list[dict[str, Any]]:
    """Count every window day by day, from the definitions alone."""
    days = {(row["person_id"], row["date"]): row for row in daily.to_pylist()}
    result = []
    for row in sorted(rows, key=lambda row: row["person_id"]):
        found = {}
        for window in plan.windows:
            expected = recorded = valid = total = 0
            zeros = set()
            for offset in range(window.first_day, window.last_day + 1):
                day = row["index_date"] + timedelta(days=offset)
                if row["end"] is not None and day > row["end"]:
                    continue
                if row["entry"] is not None and day < row["entry"]:
                    continue
                expected += 1
                seen = days.get((row["person_id"], day))
                recorded += bool(seen and seen["recorded"])
                if seen and seen["valid"]:
                    valid += 1
                    total += seen["steps"]
                    zeros.add(seen["zero_semantics"])
            found[window.name] = (expected, recorded, valid, total, zeros)
        base = found[plan.baseline]
        for window in plan.windows:
            expected, recorded, valid, total, zeros = found[window.name]
            mean = total / valid if valid else None
            enough = base[2] >= plan.min_baseline_days and base[3] > 0 and mean is not None
            result.append(
                {
                    "person_id": row["person_id"],
                    "anchor_date": row["index_date"],
                    "window": window.name,
                    "first_day": window.first_day,
                    "last_day": window.last_day,
                    "n_expected": expected,
                    "n_recorded": recorded,
                    "n_valid": valid,
                    "coverage": valid / expected if expected else None,
                    "steps_mean": mean,
                    "percent_of_baseline": 100 * (mean / (base[3] / base[2])) if enough else None,
                    "clipped": expected < window.last_day - window.first_day + 1,
                    "spliced": len(zeros | base[4]) > 1,
                }
            )
    return result


offsets = st.integers(-15, 45)
dates = offsets.map(lambda days: START + timedelta(days=days))
day_rows = st.tuples(st.one_of(st.none(), st.integers(0, 30_000)), st.booleans(), st.booleans())
series = st.dictionaries(st.tuples(st.sampled_from("abc"), dates), day_rows, max_size=60)
anchor_rows = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from("abcd"),
        "index_date": dates,
        "end": st.one_of(st.none(), dates),
        "entry": st.one_of(st.none(), dates),
    }
)
plans = st.tuples(st.integers(-30, 30), st.integers(0, 20), st.integers(1, 4)).map(
    lambda drawn: Alignment(
        (*WINDOWS, Window("drawn", drawn[0], drawn[0] + drawn[1])), min_baseline_days=drawn[2]
    )
)


@settings(max_examples=120, deadline=None)
@given(series, st.lists(anchor_rows, max_size=8), plans, st.sampled_from([30, 6_000_000]))
def test_windows_equal_a_plain_loop(
    days: dict[tuple[str, date], tuple[int | None, bool, bool]],
    rows: list[dict[str, Any]],
    plan: Alignment,
    cells: int,
) -> None:
    daily = daily_table(
        [
            (person, day, steps, valid and steps is not None, "true_zero" if late else "ambiguous")
            for (person, day), (steps, valid, late) in days.items()
        ]
    )
    anchors = anchors_of(rows, censor=("end",), entry=("entry",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefix_sums, "CELLS_PER_CHUNK", cells)
        found = align(daily.to_reader(), anchors, plan).read_all()
    assert found.to_pylist() == by_loop(daily, rows, plan)


@settings(max_examples=30, deadline=None)
@given(series, st.lists(anchor_rows, max_size=5), st.integers(-400, 400))
def test_shifting_all_dates_of_people_shifts_only_the_anchor(
    days: dict[tuple[str, date], tuple[int | None, bool, bool]],
    rows: list[dict[str, Any]],
    shift: int,
) -> None:
    """De-identify and align commute: nothing but the anchor date depends on the calendar."""
    plan = Alignment(WINDOWS, min_baseline_days=2)

    def run(moves: dict[str, int]) -> list[dict[str, Any]]:
        def moved(person: str, day: date | None) -> date | None:
            return None if day is None else day + timedelta(days=moves.get(person, 0))

        daily = daily_table(
            [
                (person, moved(person, day), steps, valid and steps is not None, "true_zero")
                for (person, day), (steps, valid, _) in days.items()
            ]
        )
        shifted = [
            {"person_id": row["person_id"]}
            | {name: moved(row["person_id"], row[name]) for name in ("index_date", "end", "entry")}
            for row in rows
        ]
        anchors = anchors_of(shifted, censor=("end",), entry=("entry",))
        return align(daily.to_reader(), anchors, plan).read_all().to_pylist()

    moves = {"a": shift, "b": -2 * shift, "c": 1}
    still = run({})
    for row in still:
        row["anchor_date"] += timedelta(days=moves.get(row["person_id"], 0))
    assert run(moves) == still


def one(**fields: Any) -> dict[str, Any]:
    return {"person_id": "a", "index_date": START, "end": None, **fields}


def test_expected_days_are_counted_after_clipping_at_the_earliest_censoring() -> None:
    rows = [one(end=START + timedelta(days=4), cut=START + timedelta(days=5))]
    anchors = anchors_of(rows, censor=("end", "cut"))
    daily = daily_table([("a", START + timedelta(days=day), 1000, True, None) for day in (3, 4, 5)])
    plan = Alignment((Window("baseline", -7, -1), Window("week1", 1, 7), Window("week2", 8, 14)))
    _, week1, week2 = align(daily.to_reader(), anchors, plan).read_all().to_pylist()
    assert (week1["n_expected"], week1["n_valid"], week1["coverage"]) == (4, 2, 0.5)
    assert week1["clipped"]
    assert (week2["n_expected"], week2["coverage"]) == (0, None)


def test_people_without_any_device_day_keep_their_expected_days() -> None:
    found = align(daily_table([]).to_reader(), anchors_of([one()]), Alignment()).read_all()
    assert found["n_valid"].to_pylist() == [0] * len(DEFAULT_WINDOWS)
    assert min(found["n_expected"].to_pylist()) == 1


def test_a_baseline_with_too_few_valid_days_gives_no_percentage() -> None:
    daily = daily_table(
        [("a", START + timedelta(days=day), 1000, True, None) for day in (*range(-40, -34), 3)]
    )
    found = align(daily.to_reader(), anchors_of([one()]), Alignment()).read_all().to_pylist()
    assert {row["percent_of_baseline"] for row in found} == {None}
    found = align(daily.to_reader(), anchors_of([one()]), Alignment(min_baseline_days=6))
    week1 = next(row for row in found.read_all().to_pylist() if row["window"] == "week1")
    assert week1["percent_of_baseline"] == 100


def test_the_default_windows_keep_day_0_and_the_decline_out_of_the_baseline() -> None:
    named = {window.name: window for window in DEFAULT_WINDOWS}
    assert (named["baseline"].first_day, named["baseline"].last_day) == (-90, -29)
    assert (named["pre"].first_day, named["pre"].last_day) == (-14, -1)
    assert named["early"].last_day < -83
    for window in named.values():
        assert window.name == "day0" or not window.first_day <= 0 <= window.last_day


def test_every_column_of_the_output_has_a_phi_tag() -> None:
    found = align(daily_table([]).to_reader(), anchors_of([one()]), Alignment())
    assert all(phi_of(column) is not None for column in found.schema)


def test_a_date_that_stands_twice_is_refused() -> None:
    daily = daily_table([("a", START, 1, True, None), ("a", START, 2, True, None)])
    with pytest.raises(DataError, match="twice"):
        align(daily.to_reader(), anchors_of([one()]), Alignment())


def test_a_valid_day_without_steps_is_refused() -> None:
    daily = daily_table([("a", START, None, True, None)])
    with pytest.raises(DataError, match="no steps"):
        align(daily.to_reader(), anchors_of([one()]), Alignment())


@pytest.mark.parametrize("text", ["week6", "week6=1", "=1:2", "week6=a:b", "week6=1-7", ""])
def test_a_window_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="name=first:last"):
        parse_window(text)


def test_windows_that_clash_are_refused() -> None:
    with pytest.raises(UsageError, match="ends before"):
        parse_window("late=7:1")
    with pytest.raises(UsageError, match="twice"):
        Alignment((*WINDOWS, WINDOWS[0]))
    with pytest.raises(UsageError, match="not one of the windows") as caught:
        Alignment(WINDOWS, baseline="basline")
    assert "baseline" in str(caught.value)
    assert parse_window("w=-3:+4") == Window("w", -3, 4)
