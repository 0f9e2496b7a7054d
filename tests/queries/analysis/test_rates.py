"""Incidence rates: published exact limits, scipy's, strata, unknown outcomes, mistakes."""

from __future__ import annotations

import pyarrow as pa
import pytest
from scipy.stats import gamma

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.analysis.poisson import garwood
from ehrkit.queries.analysis.rates import incidence


# Exact 95 % limits as Ulm 1990 (Am J Epidemiol 131:373) and textbooks print them.
@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390),
     (20, 12.217, 30.888), (100, 81.364, 121.627)],
)  # fmt: skip
def test_published_limits(count, lower, upper):
    assert garwood(count, 0.95) == pytest.approx((lower, upper), abs=6e-4)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 63, 999, 40_000, 1_000_000])
def test_limits_as_scipy_has_them(count, confidence):
    tail = (1 - confidence) / 2
    wanted = (gamma.ppf(tail, count) if count else 0.0, gamma.ppf(1 - tail, count + 1))
    assert garwood(count, confidence) == pytest.approx(wanted, rel=1e-9)


COHORT = pa.table(
    {
        "sex": ["f", "f", "m", "m", None, "m"],
        "fall": pa.array([1, 0, 0, 0, 1, None], pa.int64()),
        "fall_days": pa.array([100, 630.5, 365.25, 0, 365.25, None], pa.float64()),
    }
)


def test_overall_and_by_stratum():
    rows = incidence(COHORT, "fall", by=["sex"]).to_pylist()
    assert [(row["level"], row["rows"], row["unknown"], row["events"]) for row in rows] == [
        (None, 6, 1, 2),
        ("f", 2, 0, 1),
        ("m", 3, 1, 0),
    ]
    assert [row["person_years"] for row in rows] == pytest.approx([4.0, 2.0, 1.0])
    assert [row["rate"] for row in rows] == pytest.approx([500, 500, 0])
    assert rows[2]["lower"] == 0
    assert rows[2]["upper"] == pytest.approx(3688.879, abs=1e-3)


def test_another_unit_of_person_time():
    (row,) = incidence(COHORT, "fall", per=100.0).to_pylist()
    assert row["rate"] == pytest.approx(50)


def test_no_person_time_has_no_rate():
    (row,) = incidence(COHORT.slice(5), "fall").to_pylist()
    assert (row["events"], row["person_years"], row["rate"], row["upper"]) == (0, 0, None, None)


def test_texts_as_csv_gives_them():
    table = pa.table({"fall": ["1", "0", ""], "fall_days": ["365.25", "365.25", ""]})
    (row,) = incidence(table, "fall").to_pylist()
    assert (row["events"], row["unknown"], row["rate"]) == (1, 1, pytest.approx(500))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"fall": [2], "fall_days": [3]}, "something else than 0, 1"),
        ({"fall": [1], "fall_days": [-3]}, "negative time"),
        ({"fall": ["yes"], "fall_days": [3]}, "neither numbers nor ISO dates"),
    ],
)
def test_what_is_no_outcome(table, says):
    with pytest.raises(DataError, match=says):
        incidence(pa.table(table), "fall")


def test_a_misspelt_outcome():
    with pytest.raises(UsageError) as caught:
        incidence(COHORT, "fal")
    assert caught.value.hint == "Did you mean fall?"
