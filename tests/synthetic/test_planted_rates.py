"""The answer key's counts against the stated rates, and against other rates."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehrkit.core.errors import UsageError
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.quality.rates import planted_rates
from ehrkit.synthetic.spec import Spec
from tests.synthetic.conftest import Query


def test_every_kind_was_planted_at_its_rate(site: Path) -> None:
    rows = planted_rates(site).to_pylist()
    assert len(rows) > 30
    assert [row for row in rows if not row["within"]] == []
    assert all(row["planted"] > 0 for row in rows if row["expected"] > 8)


def test_kinds_are_those_of_the_answer_key(site: Path, query: Query) -> None:
    known = {name for (name,) in query("SELECT DISTINCT kind FROM truth_planted")}
    rows = planted_rates(site).to_pylist()
    assert {row["kind"] for row in rows if not row["kind"].startswith("profile ")} <= known
    assert len({row["kind"] for row in rows}) == len(rows)


# What the table counts, counted again by hand in the chart.
BY_HAND = {
    "merged-record": (
        "SELECT count(*) FROM PAT_MERGE_HISTORY",
        "SELECT count(*) FROM truth_persons WHERE person_id IN (SELECT "
        "coalesce(m.person_id, e.PAT_ID) FROM PAT_ENC AS e "
        "LEFT JOIN truth_merges AS m ON m.old_pat_id = e.PAT_ID)",
    ),
    "placeholder-ssn": (
        "SELECT count(*) FROM PATIENT WHERE SSN IN ('999-99-9999', '000-00-0000') "
        "AND PAT_ID NOT IN (SELECT old_pat_id FROM truth_merges)",
        "SELECT count(*) FROM PATIENT WHERE PAT_ID NOT IN (SELECT old_pat_id FROM truth_merges)",
    ),
    "result-not-numeric": (
        "SELECT count(*) FROM ORDER_RESULTS WHERE ORD_NUM_VALUE = 9999999",
        "SELECT count(*) FROM ORDER_RESULTS",
    ),
    "unposted-log": (
        "SELECT count(*) FROM OR_LOG JOIN ZC_OR_STATUS AS z USING (STATUS_C) "
        "WHERE z.NAME = 'Unposted'",
        "SELECT count(*) FROM truth_surgeries WHERE performed UNION ALL "
        "SELECT count(*) FROM OR_LOG JOIN survivor USING (PAT_ID) JOIN PATIENT_3 AS t "
        "ON t.PAT_ID = person_id WHERE IS_TEST_PAT_YN = 'Y' AND PROC_NOT_PERF_C IS NULL",
    ),
    "emergency-without-ed-record": (
        "SELECT count(*) FROM PAT_ENC_HSP JOIN ZC_HOSP_ADMSN_TYPE AS z USING (HOSP_ADMSN_TYPE_C) "
        "WHERE z.NAME = 'Emergency' AND ED_EPISODE_ID IS NULL",
        "SELECT count(*) FROM PAT_ENC_HSP JOIN ZC_HOSP_ADMSN_TYPE AS z USING (HOSP_ADMSN_TYPE_C) "
        "WHERE z.NAME = 'Emergency'",
    ),
    "deleted-problem": (
        "SELECT count(*) FROM PROBLEM_LIST JOIN ZC_PROBLEM_STATUS AS z USING (PROBLEM_STATUS_C) "
        "WHERE z.NAME = 'Deleted'",
        "SELECT count(*) FROM PROBLEM_LIST",
    ),
}


@pytest.mark.parametrize("kind", sorted(BY_HAND))
def test_counts_are_those_of_the_chart(site: Path, query: Query, kind: str) -> None:
    row = next(row for row in planted_rates(site).to_pylist() if row["kind"] == kind)
    planted, possible = (sum(n for (n,) in query(sql)) for sql in BY_HAND[kind])
    assert (row["planted"], row["possible"]) == (planted, possible)
    assert row["expected"] == pytest.approx(row["rate"] * possible)


def test_another_rate_does_not_fit(site: Path) -> None:
    """The same site beside rates that it was not made with."""
    other = Spec(1, 0, merged_records=0.10, non_numeric_results=0.03, midnight_visits=0.2)
    failed = {row["kind"] for row in planted_rates(site, other).to_pylist() if not row["within"]}
    assert failed == {"merged-record", "result-not-numeric", "visit-over-midnight"}


def test_a_site_made_with_other_rates_fits_them_alone(tmp_path: Path) -> None:
    spec = Spec(600, 5, notes=False, device_users=5, placeholder_ssn=0.5, cancelled_case=0.4)
    generate(tmp_path / "site", spec)
    assert all(row["within"] for row in planted_rates(tmp_path / "site", spec).to_pylist())
    usual = planted_rates(tmp_path / "site").to_pylist()
    assert {row["kind"] for row in usual if not row["within"]} >= {
        "placeholder-ssn", "cancelled-case"
    }  # fmt: skip


def test_what_is_no_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a synthetic site"):
        planted_rates(tmp_path)
