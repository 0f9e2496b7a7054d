"""Precision and recall with their denominators, against sets."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.core.errors import DataError, VerificationError
from ehrkit.linkage.evaluate import evaluate, require

PAIRS = st.sets(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), max_size=9)


def table(rows: list[tuple[str | None, str | None]], probability: list[float] | None = None):
    made = {"p": pa.array([r[0] for r in rows], pa.string()),
            "d": pa.array([r[1] for r in rows], pa.string())}  # fmt: skip
    if probability is not None:
        made["probability"] = pa.array(probability, pa.float64())
    return pa.table(made)


@given(PAIRS, PAIRS.filter(bool), st.randoms(use_true_random=False))
def test_figures_are_those_of_sets(links, truth, random) -> None:
    listed = sorted(links)
    probability = [random.choice([0.4, 0.6, 0.95]) for _ in listed]
    rows = evaluate(table(listed, probability), table(sorted(truth))).to_pylist()
    for row in rows:
        kept = {pair for pair, p in zip(listed, probability, strict=True) if p >= row["threshold"]}
        hits = len(kept & truth)
        assert (row["links"], row["true_links"], row["true_pairs"]) == (len(kept), hits, len(truth))
        assert (row["false_links"], row["missed_links"]) == (len(kept) - hits, len(truth) - hits)
        assert row["precision"] == (hits / len(kept) if kept else None)
        assert row["recall"] == hits / len(truth)


def test_rows_without_both_ids_and_repeats_are_no_pairs() -> None:
    truth = table([("a", "w"), ("a", "w"), (None, "x"), ("", "y"), ("b", "z")])
    (row,) = evaluate(table([("a", "w"), ("a", "w")]), truth).to_pylist()
    assert (row["links"], row["true_pairs"], row["precision"], row["recall"]) == (1, 2, 1.0, 0.5)
    assert row["f1"] == pytest.approx(2 / 3)


def test_thresholds_are_held_to() -> None:
    report = evaluate(table([("a", "w"), ("b", "x")]), table([("a", "w")]))
    require(report, precision=0.5, recall=1.0)
    with pytest.raises(VerificationError, match=r"precision is 0.5000, below the required 0.9"):
        require(report, precision=0.9)
    nothing = evaluate(table([]), table([("a", "w")]))
    with pytest.raises(VerificationError, match="undefined"):
        require(nothing, precision=0.1)
    with pytest.raises(VerificationError, match=r"recall is 0\.0000"):
        require(nothing, recall=0.1)


def test_truth_must_have_the_columns_and_a_pair() -> None:
    truth = table([("a", "w")]).rename_columns(["person", "d"])
    with pytest.raises(DataError, match="truth: p"):
        evaluate(table([("a", "w")]), truth)
    with pytest.raises(DataError, match="no pair"):
        evaluate(table([("a", "w")]), table([(None, "w")]))
    crooked = table([("a", "w")]).append_column("probability", pa.array(["SENTINEL"]))
    with pytest.raises(DataError, match="crosswalk: probability") as caught:
        evaluate(crooked, table([("a", "w")]))
    assert "SENTINEL" not in str(caught.value)
    with pytest.raises(DataError, match="two id columns"):
        evaluate(pa.table({"p": ["a"]}), table([("a", "w")]))
