"""Time in the OMOP shape makes sense, by the checks of OHDSI's data quality dashboard."""

from __future__ import annotations

import pytest

from tests.synthetic.conftest import Query

EVENTS = {
    "visit_occurrence": ("visit_start", "visit_end"),
    "visit_detail": ("visit_detail_start", "visit_detail_end"),
    "condition_occurrence": ("condition_start", "condition_start"),
    "procedure_occurrence": ("procedure", "procedure_end"),
    "drug_exposure": ("drug_exposure_start", "drug_exposure_end"),
    "device_exposure": ("device_exposure_start", "device_exposure_start"),
    "measurement": ("measurement", "measurement"),
    "observation": ("observation", "observation"),
    "note": ("note", "note"),
}
ROWS = [(table, *columns) for table, columns in EVENTS.items()]


@pytest.mark.parametrize(("table", "start", "end"), ROWS)
def test_start_is_not_after_end_and_dates_agree_with_times(
    query: Query, table: str, start: str, end: str
) -> None:
    bad, rows = query(
        f"SELECT count(*) FILTER ({start}_date > {end}_date OR {start}_datetime > {end}_datetime "
        f"OR {start}_date <> CAST({start}_datetime AS DATE) "
        f"OR {end}_date <> CAST({end}_datetime AS DATE) "
        f"OR {start}_date IS NULL OR {end}_date IS NULL), count(*) FROM omop.{table}"
    )[0]
    assert bad == 0
    assert rows > 50


@pytest.mark.parametrize(("table", "start", "end"), ROWS)
def test_nothing_happens_before_birth_long_after_death_or_after_the_extract(
    query: Query, table: str, start: str, end: str
) -> None:
    """The dashboard allows 60 days after death; the truth knows deaths that the chart does not."""
    known, true, late = query(
        f"SELECT count(*) FILTER (e.{start}_date < p.birth_datetime "
        f"OR e.{end}_date > d.death_date + INTERVAL 60 DAY), "
        f"count(*) FILTER (e.{start}_date > t.death_date), "
        f"count(*) FILTER (e.{end}_date > DATE '2026-03-31') "
        f"FROM omop.{table} AS e JOIN omop.person AS p USING (person_id) "
        f"LEFT JOIN omop.death AS d USING (person_id) "
        f"LEFT JOIN truth_persons AS t ON t.person_id = 'Z' || p.person_id"
    )[0]
    assert (known, late) == (0, 0)
    # A result may come in the night after somebody died.
    assert true <= (2 if table == "measurement" else 0)


@pytest.mark.parametrize("table", [name for name in EVENTS if name != "visit_occurrence"])
def test_events_lie_inside_their_visits(query: Query, table: str) -> None:
    """A note or a laboratory result may follow; all else happens during the visit.

    Where the end of a visit is missing, as planted, the loader takes the last it knows of.
    """
    start, end = EVENTS[table]
    slack = {"measurement": "2 HOUR", "note": "1 HOUR"}.get(table, "0 HOUR")
    planted = (
        "SELECT CAST(key AS BIGINT) FROM truth_planted "
        "WHERE kind IN ('discharge-missing', 'in-house-at-extract')"
    )
    last = (
        f"e.{end}_datetime"
        if table in ("visit_detail", "procedure_occurrence")
        else (f"e.{start}_datetime")
    )
    bad, rows = query(
        f"SELECT count(*) FILTER (e.{start}_datetime < v.visit_start_datetime "
        f"OR ({last} > v.visit_end_datetime + INTERVAL {slack} "
        f"AND visit_occurrence_id NOT IN ({planted})) OR v.person_id <> e.person_id), "
        f"count(*) FROM omop.{table} AS e "
        "JOIN omop.visit_occurrence AS v USING (visit_occurrence_id)"
    )[0]
    assert bad == 0
    # The problem list alone belongs to no visit.
    apart = " WHERE condition_type_concept_id <> 32840" if table == "condition_occurrence" else ""
    assert rows == query(f"SELECT count(*) FROM omop.{table}{apart}")[0][0] > 50


def test_units_lie_inside_each_other(query: Query) -> None:
    rows = query(
        "SELECT count(*), count(*) FILTER (a.visit_detail_start_datetime "
        "<= b.visit_detail_start_datetime AND b.visit_detail_end_datetime "
        "<= a.visit_detail_end_datetime) FROM omop.visit_detail AS b "
        "JOIN omop.visit_detail AS a ON a.visit_detail_id = b.parent_visit_detail_id"
    )
    assert rows[0][0] == rows[0][1] > 300


@pytest.mark.parametrize(("table", "start", "end"), ROWS)
def test_observation_periods_contain_all_events(
    query: Query, table: str, start: str, end: str
) -> None:
    # A drug may be taken longer than its owner is seen; the problem list tells of days before.
    end = start if table == "drug_exposure" else end
    apart = " AND condition_type_concept_id <> 32840" if table == "condition_occurrence" else ""
    outside = query(
        f"SELECT count(*) FROM omop.{table} AS e LEFT JOIN omop.observation_period AS o "
        f"ON o.person_id = e.person_id AND e.{start}_date >= o.observation_period_start_date "
        f"AND e.{end}_date <= o.observation_period_end_date WHERE o.person_id IS NULL{apart}"
    )
    assert outside == [(0,)]


def test_observation_begins_with_the_first_visit(query: Query) -> None:
    late, early, rows = query(
        "SELECT count(*) FILTER (o.observation_period_start_date > v.first), "
        "count(*) FILTER (o.observation_period_start_date < v.first), count(*) "
        "FROM omop.observation_period AS o JOIN (SELECT person_id, min(visit_start_date) AS first "
        "FROM omop.visit_occurrence GROUP BY 1) AS v USING (person_id)"
    )[0]
    assert (late, early) == (0, 0)
    assert rows == query("SELECT count(*) FROM omop.observation_period")[0][0] > 50


def test_stays_of_one_person_do_not_overlap(query: Query) -> None:
    overlapping = query(
        "SELECT count(*) FROM omop.visit_occurrence AS a JOIN omop.visit_occurrence AS b "
        "ON a.person_id = b.person_id AND a.visit_occurrence_id < b.visit_occurrence_id "
        "AND a.visit_start_datetime < b.visit_end_datetime "
        "AND b.visit_start_datetime < a.visit_end_datetime "
        "WHERE a.visit_concept_id IN (262, 9201, 9203) AND b.visit_concept_id IN (262, 9201, 9203)"
    )
    assert overlapping == [(0,)]
