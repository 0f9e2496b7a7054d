"""Matched controls: who may be one, bounds, rounds, seeds, and a check by brute force."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.analysis.matching import match_controls


def table(*rows):
    names = ("person_id", "sex", "age", "index_date")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    columns["index_date"] = pa.array(
        [day and datetime.date.fromisoformat(day) for day in columns["index_date"]], pa.date32()
    )
    return pa.table(columns)


CASE = table(("A", "f", 60, "2020-06-15"))


def matches(cases, *controls, **options):
    found = match_controls(cases, table(*controls), **options)
    return [row["person_id"] for row in found.rows.to_pylist() if row["match_role"] == "control"]


@pytest.mark.parametrize(
    ("control", "fits"),
    [
        (("B", "f", 62, "2020-06-15"), True),
        (("B", "f", 58, "2020-07-15"), True),
        (("B", "f", 63, "2020-06-15"), False),
        (("B", "f", 57, "2020-06-15"), False),
        (("B", "f", 60, "2020-07-16"), False),
        (("B", "f", 60, "2020-05-16"), True),
        (("B", "f", 60, "2020-05-15"), False),
        (("B", "m", 60, "2020-06-15"), False),
        (("B", None, 60, "2020-06-15"), False),
        (("B", "f", None, "2020-06-15"), False),
        (("B", "f", 60, None), False),
        (("A", "f", 60, "2020-06-16"), False),
    ],
)
def test_who_may_be_a_control(control, fits):
    within = {"age": 2, "index_date": 30}
    assert matches(CASE, control, exact=["sex"], within=within) == (["B"] if fits else [])


def test_an_unknown_case_matches_nothing():
    unknown = table(("A", None, 60, "2020-06-15"))
    assert matches(unknown, ("B", None, 60, "2020-06-15"), exact=["sex"]) == []


def test_the_nearest_by_the_sum_of_differences_over_their_bounds():
    controls = [
        ("B", "f", 62, "2020-06-15"),
        ("C", "f", 61, "2020-06-18"),
        ("D", "f", 60, "2020-07-12"),
    ]
    # Distances: 2/2 = 1, 1/2 + 3/30 = 0.6, 27/30 = 0.9.
    assert matches(CASE, *controls, within={"age": 2, "index_date": 30}, ratio=3) == ["C", "D", "B"]


def test_one_person_is_used_once():
    controls = [
        ("B", "f", 60, "2020-06-15"),
        ("B", "f", 61, "2020-06-15"),
        ("C", "f", 62, "2020-06-15"),
    ]
    assert matches(CASE, *controls, exact=["sex"], within={"age": 2}, ratio=3) == ["B", "C"]


def test_every_case_has_one_before_any_has_two():
    cases = table(*((name, "f", 60, "2020-06-15") for name in "ABC"))
    controls = table(*((name, "f", 60, "2020-06-15") for name in "TUVW"))
    found = match_controls(cases, controls, exact=["sex"], ratio=2, seed=3)
    assert found.cases == {1: 2, 2: 1}
    sets = [row["match_set"] for row in found.rows.to_pylist() if row["match_number"] == 0]
    assert sets == [1, 2, 3]


def test_cases_without_controls_are_counted_and_left_out():
    cases = table(("A", "f", 60, "2020-06-15"), ("B", "m", 60, "2020-06-15"))
    found = match_controls(cases, table(("C", "m", 60, "2020-06-15")), exact=["sex"])
    assert found.cases == {0: 1, 1: 1}
    rows = found.rows.to_pylist()
    assert [(row["match_set"], row["match_role"], row["person_id"]) for row in rows] == [
        (2, "case", "B"),
        (2, "control", "C"),
    ]
    assert rows[1]["match_distance"] == 0.0


def drawn(rng, size, prefix):
    days = rng.integers(0, 400, size)
    start = datetime.date(2020, 1, 1)
    return table(
        *(
            (f"{prefix}{n}", str(rng.choice(["f", "m"])), int(rng.integers(20, 90)),
             (start + datetime.timedelta(int(days[n]))).isoformat())
            for n in range(size)
        )
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_every_match_is_legal_and_no_free_control_was_left(seed):
    rng = np.random.default_rng(seed)
    cases, controls = drawn(rng, 60, "c"), drawn(rng, 150, "k")
    within = {"age": 4, "index_date": 60}
    found = match_controls(cases, controls, exact=["sex"], within=within, ratio=3, seed=seed)
    rows = found.rows.to_pylist()
    by_set = {}
    for row in rows:
        by_set.setdefault(row["match_set"], []).append(row)
    used = [row["person_id"] for row in rows if row["match_role"] == "control"]
    assert len(used) == len(set(used))
    assert sum(found.cases.values()) == 60
    assert sum(n * count for n, count in found.cases.items()) == len(used)

    def legal(case, control):
        return (
            case["sex"] == control["sex"]
            and abs(case["age"] - control["age"]) <= 4
            and abs((case["index_date"] - control["index_date"]).days) <= 60
        )

    for case, *chosen in by_set.values():
        assert all(legal(case, control) for control in chosen)
        for control in chosen:
            distance = abs(case["age"] - control["age"]) / 4
            distance += abs((case["index_date"] - control["index_date"]).days) / 60
            assert control["match_distance"] == pytest.approx(distance)
    free = [row for row in controls.to_pylist() if row["person_id"] not in used]
    for number, case in enumerate(cases.to_pylist(), 1):
        if len(by_set.get(number, [None])) - 1 < 3:
            assert not any(legal(case, control) for control in free)


def test_a_seed_gives_the_same_again_and_another_one_may_not():
    rng = np.random.default_rng(5)
    cases, controls = drawn(rng, 80, "c"), drawn(rng, 120, "k")
    runs = [match_controls(cases, controls, exact=["sex"], seed=seed).rows for seed in (1, 1, 2)]
    assert runs[0].equals(runs[1])
    assert not runs[0].equals(runs[2])


def test_mistakes():
    with pytest.raises(UsageError, match="nothing to match on"):
        match_controls(CASE, CASE)
    with pytest.raises(UsageError, match="no column named agee"):
        match_controls(CASE, CASE, within={"agee": 2})
    with pytest.raises(UsageError, match="0 or more"):
        match_controls(CASE, CASE, within={"age": -2})
    with pytest.raises(DataError, match="another type"):
        match_controls(CASE, pa.table({"age": ["60"]}), within={"age": 2})
