"""Table 1: every kind of cell by hand, what is left out, and small cells that stay hidden."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.analysis.suppression import hide
from ehrkit.queries.analysis.table_one import HIDDEN, table_one

DAY = datetime.date(2020, 1, 1)
COHORT = pa.table(
    {
        "person_id": list("abcdefgh"),
        "index_date": [DAY] * 8,
        "age": pa.array([50, 60, 70, 80, 40, 50, 60, None], pa.int64()),
        "sex": ["f", "f", "m", "m", "f", "m", None, "m"],
        "died": [0, 1, 0, 1, 0, 0, 0, 1],
        "site": ["x", "x", "x", "x", "y", "y", "y", None],
    }
)


def cells(table, variable, statistic="n (%)", level=None):
    (row,) = (
        row
        for row in table.to_pylist()
        if (row["variable"], row["statistic"], row["level"]) == (variable, statistic, level)
    )
    return row


def test_numbers_have_mean_spread_quartiles_and_missing():
    table = table_one(COHORT, by="site")
    mean = cells(table, "age", "mean (SD)")
    # 50, 60, 70, 80: mean 65, sample SD 12.91. 40, 50, 60: mean 50, SD 10.
    assert (mean["x"], mean["y"]) == ("65.0 (12.9)", "50.0 (10.0)")
    assert mean["all"] == "58.6 (13.5)"
    # 15 / sqrt((166.667 + 100) / 2)
    assert mean["smd"] == pytest.approx(1.299038, abs=1e-6)
    assert cells(table, "age", "median [IQR]")["x"] == "65.0 [57.5, 72.5]"
    missing = cells(table, "age", level="(missing)")
    assert (missing["all"], missing["x"], missing["y"]) == ("1 (12.5)", "0 (0.0)", "0 (0.0)")


def test_categories_have_shares_of_what_is_known():
    table = table_one(COHORT, by="site")
    assert cells(table, "sex", level="f")["y"] == "1 (50.0)"
    assert cells(table, "sex", level="(missing)")["y"] == "1 (33.3)"
    assert cells(table, "sex", level="f")["smd"] == pytest.approx(0.0)
    assert cells(table, "sex", level="m")["smd"] is None


def test_yes_or_no_is_one_row():
    table = table_one(COHORT, by="site")
    levels = [row["level"] for row in table.to_pylist() if row["variable"] == "died"]
    assert levels == ["1"]
    assert cells(table, "died", level="1")["x"] == "2 (50.0)"


def test_groups_are_counted_and_the_unknown_one_is_in_all_alone():
    sizes = cells(table_one(COHORT, by="site"), "rows", "n")
    assert (sizes["all"], sizes["x"], sizes["y"]) == ("8", "4", "3")


def test_identifiers_dates_and_free_text_are_left_out():
    tagged = COHORT.append_column(field("remark", pa.string(), Phi.FREE_TEXT), [["r"] * 8])
    tagged = tagged.append_column(field("town", pa.string(), Phi.GEOGRAPHY), [["t"] * 8])
    shown = {row["variable"] for row in table_one(tagged, by="site").to_pylist()}
    assert shown == {"rows", "age", "sex", "died"}
    assert {row["variable"] for row in table_one(tagged, columns=["town"]).to_pylist()} == {
        "rows",
        "town",
    }


def test_three_groups_show_the_largest_difference():
    table = pa.table({"g": list("aabbcc"), "x": [0.0, 2, 1, 3, 5, 7]})
    # Means 1, 2 and 6, every variance 2: the largest difference is 5 / sqrt(2).
    assert cells(table_one(table, by="g"), "x", "mean (SD)")["smd"] == pytest.approx(5 / 2**0.5)


def test_texts_are_numbers_if_one_says_so():
    table = pa.table({"age": ["50", " 70", ""]})
    assert cells(table_one(table, continuous=["age"]), "age", "mean (SD)")["all"] == "60.0 (14.1)"
    assert cells(table_one(table), "age", level="50")["all"] == "1 (50.0)"
    with pytest.raises(DataError, match="neither numbers"):
        table_one(pa.table({"age": ["fifty"]}), continuous=["age"])


def test_what_cannot_be_a_table():
    with pytest.raises(UsageError, match="no column named sx") as caught:
        table_one(COHORT, by="sx")
    assert caught.value.hint == "Did you mean sex?"
    many = pa.table({"word": [str(n) for n in range(51)]})
    with pytest.raises(UsageError, match="51 levels"):
        table_one(many)
    with pytest.raises(UsageError, match="no column to describe"):
        table_one(pa.table({"person_id": ["a"]}))


def people(**counts):
    """A table of as many rows of each (group, level) as said."""
    rows = [name.split("_") for name, count in counts.items() for _ in range(count)]
    return pa.table({"g": [row[0] for row in rows], "x": [row[1] for row in rows]})


def test_a_small_cell_is_hidden_with_a_second_one_in_its_row_and_column():
    table = table_one(people(a_p=40, a_q=5, a_r=30, b_p=50, b_q=60, b_r=70), by="g", smallest=11)
    shown = {row["level"]: row for row in table.to_pylist() if row["variable"] == "x"}
    hidden = {(level, g) for level, row in shown.items() for g in "ab" if row[g] == HIDDEN}
    assert ("q", "a") in hidden
    assert len([g for level, g in hidden if g == "a"]) >= 2
    for level in {level for level, _ in hidden}:
        assert [shown[level][g] for g in ("all", "a", "b")].count(HIDDEN) >= 2
    assert all(row["smd"] is None for row in shown.values())


def test_a_small_group_shows_nothing_and_neither_does_its_complement():
    table = table_one(people(a_p=5, b_p=50, b_q=60), by="g", smallest=11)
    for row in table.to_pylist():
        assert (row["a"], row["b"]) == (HIDDEN, HIDDEN)
        assert row["smd"] is None


def test_the_no_of_a_yes_is_protected_too():
    table = pa.table({"x": pa.array([1] * 95 + [0] * 5, pa.int64())})
    assert cells(table_one(table, smallest=11), "x", level="1")["all"] == HIDDEN
    assert cells(table_one(table, smallest=5), "x", level="1")["all"] == "95 (95.0)"


@pytest.mark.parametrize("seed", range(30))
def test_no_hidden_cell_is_alone_in_a_line(seed):
    rng = np.random.default_rng(seed)
    parts = rng.integers(0, 30, (4, 3))
    counts = np.column_stack([parts.sum(axis=1), parts])
    hidden = hide(counts, 11)
    assert hidden[(counts > 0) & (counts < 11)].all()
    for line, away in [*zip(counts, hidden, strict=True), *zip(counts.T, hidden.T, strict=True)]:
        if away.sum() == 1:
            assert not ((line > 0) & ~away).any()
