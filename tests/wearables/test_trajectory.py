"""Time to recovery against a plain loop, and who wears by hand-computed numbers."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.columns import phi_of
from ehrkit.core.errors import DataError, UsageError
from ehrkit.wearables.trajectory import Recovery, periods, time_to_recovery
from ehrkit.wearables.who import compare_wearers, wearers_of
from ehrkit.wearables.windows import Window
from tests.wearables.make import anchors_of, daily_table

START = date(2024, 3, 1)
BASELINE = Window("baseline", -10, -1)


def run(days: dict[int, int], plan: Recovery, end: int | None = None) -> dict[str, Any]:
    daily = daily_table(
        [("a", START + timedelta(days=day), steps, True, None) for day, steps in days.items()]
    )
    last = None if end is None else START + timedelta(days=end)
    anchors = anchors_of([{"person_id": "a", "index_date": START, "end": last}], censor=("end",))
    row: dict[str, Any] = time_to_recovery(daily.to_reader(), anchors, plan).to_pylist()[0]
    return row


def by_loop(days: dict[int, int], plan: Recovery, end: int | None) -> tuple[str, int | None]:
    seen = {day: steps for day, steps in days.items() if end is None or day <= end}
    base = [steps for day, steps in seen.items() if -10 <= day <= -1]
    if len(base) < plan.min_baseline_days or sum(base) == 0:
        return "no-baseline", None
    needed = plan.percent / 100 * sum(base) / len(base)
    for day in range(1, plan.horizon + 1):
        run_days = range(day, day + plan.consecutive_days)
        if run_days[-1] <= plan.horizon and all(
            other in seen and seen[other] >= needed for other in run_days
        ):
            return "reached", day
    after = [day for day in seen if 1 <= day <= plan.horizon]
    return ("censored", max(after)) if after else ("unobserved", None)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.integers(-12, 25), st.integers(0, 8).map(lambda n: n * 1000), max_size=38),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(-5, 25)),
)
def test_time_to_recovery_equals_a_plain_loop(
    days: dict[int, int], consecutive: int, end: int | None
) -> None:
    plan = Recovery(BASELINE, 50.0, consecutive, horizon=20, min_baseline_days=2)
    found = run(days, plan, end)
    assert (found["status"], found["day"]) == by_loop(days, plan, end)


def test_a_missing_day_breaks_the_run() -> None:
    base = dict.fromkeys(range(-10, 0), 1000)
    plan = Recovery(BASELINE, 90.0, 2, horizon=20)
    assert run({**base, 4: 950, 6: 950, 8: 950, 9: 900}, plan)["day"] == 8
    assert run({**base, 4: 950, 6: 950}, plan)["status"] == "censored"


def test_periods_follow_on_without_gap() -> None:
    weeks = periods("week", 30)
    assert [(one.first_day, one.last_day) for one in weeks] == [(1, 7), (8, 14), (15, 21), (22, 28)]
    assert [one.first_day for one in periods("day", 3)] == [1, 2, 3]
    led = periods("week", 8, lead=15)
    assert [(one.name, one.first_day, one.last_day) for one in led] == [
        ("week-2", -14, -8),
        ("week-1", -7, -1),
        ("week1", 1, 7),
    ]
    for by, horizon in (("week", 6), ("day", 0), ("month", 90)):
        with pytest.raises(UsageError):
            periods(by, horizon)
    for wrong in ({"percent": 0}, {"consecutive_days": 0}, {"min_baseline_days": 0}):
        with pytest.raises(UsageError):
            Recovery(BASELINE, **wrong)


def test_wearers_are_compared_by_age_and_sex() -> None:
    cohort = pa.table(
        {
            "person_id": ["a", "b", "c", "d", "d"],
            "age": ["40", "50", "70", "", ""],
            "sex": ["female", "male", "female", "female", "female"],
        }
    )
    found = compare_wearers(cohort, {"a", "b", "x"})
    rows = {(row["characteristic"], row["level"]): row for row in found.to_pylist()}
    assert (rows["people", "all"]["n_wearers"], rows["people", "all"]["n_others"]) == (2, 2)
    age = rows["age", "mean"]
    assert (age["wearers"], age["n_others"], age["others"]) == (45, 1, 70)
    assert age["standardised_difference"] == pytest.approx(-25 / sqrt((25 + 0) / 2))
    female = rows["sex", "female"]
    assert (female["wearers"], female["others"]) == (0.5, 1.0)
    assert female["standardised_difference"] == pytest.approx(-0.5 / sqrt(0.25 / 2))
    assert rows["age", "75+"]["standardised_difference"] is None
    assert all(phi_of(column) for column in found.schema)


def test_wearers_are_read_from_any_table_with_the_person() -> None:
    table = pa.table({"person_id": ["a", None, "a"], "date": [1, 2, 3]})
    assert wearers_of(table.to_reader(), "person_id", "x") == {"a"}
    with pytest.raises(DataError, match="no column"):
        wearers_of(table.to_reader(), "person", "x")
    with pytest.raises(DataError, match="age"):
        compare_wearers(table, {"a"})
