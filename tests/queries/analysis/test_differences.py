"""Standardised differences: by hand, by tableone, and at their edges."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from ehrkit.queries.analysis.differences import of_categories, of_numbers


def test_numbers_by_hand():
    # Means 3 and 5, sample variances 2.5 and 10: 2 / sqrt(6.25) = 0.8.
    one, other = np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 3, 5, 7, 9])
    assert of_numbers(one, other) == pytest.approx(0.8)
    assert of_numbers(other, one) == pytest.approx(0.8)


def test_yes_or_no_by_hand():
    # 30 % and 50 %: 0.2 / sqrt((0.21 + 0.25) / 2) = 0.41703.
    assert of_categories(np.array([70, 30]), np.array([50, 50])) == pytest.approx(
        0.417029, abs=1e-6
    )


def test_three_categories_by_hand():
    # Shares (0.5, 0.3, 0.2) and (0.2, 0.3, 0.5); with the first left out, the difference is
    # (0, 0.3) and the mean covariance ((0.21, -0.105), (-0.105, 0.205)), whose inverse has
    # 0.21 / (0.21 * 0.205 - 0.105**2) = 6.557377 in its last place: sqrt(0.09 * 6.557377).
    found = of_categories(np.array([50, 30, 20]), np.array([20, 30, 50]))
    assert found == pytest.approx(0.768221, abs=1e-6)


def test_categories_that_nobody_has_do_not_count():
    assert of_categories(np.array([70, 0, 30]), np.array([50, 0, 50])) == pytest.approx(0.417029)


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [([5, 5], [10, 10], 0.0), ([10, 0], [0, 10], math.inf), ([10, 0], [10, 0], 0.0)],
)
def test_edges_of_categories(one, other, result):
    assert of_categories(np.array(one), np.array(other)) == result


def test_edges_of_numbers():
    assert math.isnan(of_numbers(np.array([1.0]), np.array([1.0, 2.0])))
    assert math.isnan(of_categories(np.array([0, 0]), np.array([1, 2])))
    assert of_numbers(np.array([2.0, 2]), np.array([2.0, 2])) == 0.0
    assert of_numbers(np.array([2.0, 2]), np.array([3.0, 3])) == math.inf


def test_as_tableone_has_it():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas as pd
        from tableone import TableOne

        rng = np.random.default_rng(11)
        frame = pd.DataFrame(
            {
                "group": rng.choice(["a", "b"], 400),
                "x": rng.normal(size=400),
                "three": rng.choice(["p", "q", "r"], 400, p=(0.5, 0.3, 0.2)),
                "two": rng.choice(["n", "y"], 400),
            }
        )
        theirs = TableOne(
            frame, columns=["x", "three", "two"], categorical=["three", "two"],
            groupby="group", smd=True,
        ).tableone  # fmt: skip
    a, b = frame[frame.group == "a"], frame[frame.group == "b"]
    ours = {"x": of_numbers(a.x.to_numpy(), b.x.to_numpy())}
    for name in ("three", "two"):
        levels = sorted(frame[name].unique())
        counts = [np.array([(part[name] == level).sum() for level in levels]) for part in (a, b)]
        ours[name] = of_categories(*counts)
    column = next(name for name in theirs.columns if "SMD" in name[1])
    shown = [abs(float(text)) for text in theirs[column] if text]
    assert shown == [pytest.approx(ours[name], abs=6e-4) for name in ("x", "three", "two")]
