"""Risk figures against a plain loop over rows, and against figures worked out by hand."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.errors import DataError, PolicyError, UsageError
from ehrkit.deid.risk import measure_risk

ROW = st.tuples(st.sampled_from([30, 40, None]), st.sampled_from(["f", "m", None, ""]))


def table(rows: list[tuple[int | None, str | None]]) -> pa.Table:
    ages, sexes = [a for a, _ in rows], [s for _, s in rows]
    return pa.table({"age": pa.array(ages, pa.int64()), "sex": pa.array(sexes, pa.string()),
                     "other": list(range(len(rows)))})  # fmt: skip


@given(st.lists(ROW, min_size=1, max_size=60), st.lists(ROW, max_size=60))
@settings(max_examples=25, deadline=None)
def test_all_figures_equal_those_of_a_loop_over_the_rows(
    rows: list[tuple[int | None, str | None]], rest: list[tuple[int | None, str | None]]
) -> None:
    sizes = Counter(rows)
    people = Counter(rows + rest)
    alone = measure_risk(table(rows).to_reader(), ["age", "sex"])
    given_ = measure_risk(
        table(rows).to_reader(), ["age", "sex"], population=table(rows + rest).to_reader()
    )
    for risk, larger in ((alone, sizes), (given_, people)):
        assert risk.records == len(rows)
        assert risk.k == min(sizes[row] for row in rows)
        assert risk.uniques == sum(sizes[row] == 1 for row in rows)
        assert risk.prosecutor_max == max(1 / sizes[row] for row in rows)
        mean = sum(1 / sizes[row] for row in rows) / len(rows)
        assert risk.prosecutor_mean == pytest.approx(mean)
        above = sum(1 / sizes[row] > risk.threshold for row in rows) / len(rows)
        assert risk.at_risk == pytest.approx(above)
        assert risk.journalist_max == max(1 / larger[row] for row in rows)
        assert risk.marketer == pytest.approx(sum(1 / larger[row] for row in rows) / len(rows))
        assert dict(risk.histogram) == Counter(sizes.values())


def test_a_table_worked_out_by_hand() -> None:
    # Classes of 1, 2 and 5 records: 8 records, 3 classes.
    rows = [(30, "f")] + [(40, "f")] * 2 + [(40, "m")] * 5
    risk = measure_risk(table(rows).to_reader(), ["age", "sex"], threshold=0.33)
    assert (risk.k, risk.uniques, risk.classes) == (1, 1, 3)
    assert risk.prosecutor_mean == risk.marketer == 3 / 8
    assert risk.at_risk == 3 / 8
    rows_ = risk.histogram_table("before").to_pylist()
    assert [(r["k"], r["classes"], r["records"]) for r in rows_] == [
        (1, 1, 1), (2, 1, 2), (5, 1, 5),
    ]  # fmt: skip
    measures = {(r["measure"], r["attacker"]): r for r in risk.as_table().to_pylist()}
    assert measures["maximum risk", "journalist"]["value"] == 1.0
    assert "upper bound" in measures["maximum risk", "journalist"]["assumption"]


def test_an_empty_table_has_no_risk() -> None:
    risk = measure_risk(table([]).to_reader(), ["age"])
    assert (risk.records, risk.k, risk.prosecutor_max, risk.marketer) == (0, 0, 0.0, 0.0)


def test_a_population_that_lacks_the_sample_is_refused() -> None:
    sample, people = table([(30, "f"), (30, "f")]), table([(30, "f")])
    with pytest.raises(DataError, match="lacks people"):
        measure_risk(sample.to_reader(), ["age"], population=people.to_reader())


def test_unknown_columns_and_thresholds_are_refused() -> None:
    with pytest.raises(UsageError, match="Did you mean age"):
        measure_risk(table([]).to_reader(), ["agee"])
    with pytest.raises(UsageError):
        measure_risk(table([]).to_reader(), [])
    with pytest.raises(PolicyError):
        measure_risk(table([]).to_reader(), ["age"], threshold=0)


def test_column_names_with_quotes_are_only_names() -> None:
    odd = 'a"; drop table t; --'
    assert measure_risk(pa.table({odd: [1, 1]}).to_reader(), [odd]).k == 2
