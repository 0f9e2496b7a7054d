"""Time in the chart makes sense, in the manner of OHDSI's data quality checks.

Hand-written SQL on the finished file; each list of offenders must be empty.
"""

from __future__ import annotations

import pytest

from tests.synthetic.conftest import Query

PEOPLE = "SELECT PAT_ID, BIRTH_DATE FROM PATIENT"
EXTRACT = "TIMESTAMP '2026-04-01'"

NOBODY_BEFORE_BIRTH = [
    ("PAT_ENC", "CONTACT_DATE"),
    ("PAT_ENC_HSP", "COALESCE(HOSP_ADMSN_TIME, EXP_ADMISSION_TIME)"),
    ("OR_LOG", "SURGERY_DATE"),
    ("ORDER_MED", "ORDER_INST"),
    ("ORDER_PROC", "ORDER_TIME"),
    ("CLARITY_ADT", "EFFECTIVE_TIME"),
]
START_BEFORE_END = [
    ("PAT_ENC_HSP", "HOSP_ADMSN_TIME", "HOSP_DISCH_TIME"),
    ("PAT_ENC_HSP", "ADT_ARRIVAL_TIME", "HOSP_ADMSN_TIME"),
    ("PAT_ENC_HSP", "ADT_ARRIVAL_TIME", "ED_DEPARTURE_TIME"),
    ("PAT_ENC_HSP", "ED_DEPARTURE_TIME", "HOSP_DISCH_TIME"),
    ("PAT_ENC_HSP", "ADT_ARRIVAL_TIME", "INP_ADM_DATE"),
    ("F_ED_ENCOUNTERS", "ADT_ARRIVAL_DTTM", "ED_DEPARTURE_DTTM"),
    ("HSP_ACCOUNT", "ADM_DATE_TIME", "DISCH_DATE_TIME"),
    ("HSP_TRANSACTIONS", "SERVICE_DATE", "TX_POST_DATE"),
    ("ORDER_PROC", "ORDER_TIME", "RESULT_TIME"),
    ("ORDER_MED", "START_DATE", "END_DATE"),
    ("PATIENT", "BIRTH_DATE", "DEATH_DATE"),
]


@pytest.mark.parametrize(("table", "time"), NOBODY_BEFORE_BIRTH)
def test_nothing_happens_before_birth_or_after_the_extract(
    query: Query, table: str, time: str
) -> None:
    rows = query(
        f"SELECT count(*) FROM {table} AS t JOIN ({PEOPLE}) AS p USING (PAT_ID) "
        f"WHERE {time} < p.BIRTH_DATE OR {time} >= {EXTRACT}"
    )
    assert rows == [(0,)]


@pytest.mark.parametrize(("table", "start", "end"), START_BEFORE_END)
def test_start_is_not_after_end(query: Query, table: str, start: str, end: str) -> None:
    assert query(f"SELECT count(*) FROM {table} WHERE {start} > {end}") == [(0,)]
    assert query(f"SELECT count(*) FROM {table} WHERE {start} <= {end}")[0][0] > 100


def test_nobody_is_seen_after_death(query: Query) -> None:
    """The truth knows every death, also those that the chart does not."""
    late = query(
        "SELECT count(*) FROM PAT_ENC AS e JOIN survivor USING (PAT_ID) "
        "JOIN truth_persons AS p USING (person_id) "
        "WHERE e.CONTACT_DATE > p.death_date"
    )
    assert late == [(0,)]


@pytest.mark.parametrize(
    ("table", "time"),
    [
        ("CLARITY_ADT", "EFFECTIVE_TIME"),
        ("ORDER_PROC", "ORDER_TIME"),
        ("ORDER_MED", "ORDER_INST"),
    ],
)
def test_hospital_contacts_contain_their_events(query: Query, table: str, time: str) -> None:
    """Orders and movements lie between arrival and discharge of their contact."""
    outside = query(
        f"SELECT count(*) FROM {table} AS t JOIN PAT_ENC_HSP AS h USING (PAT_ENC_CSN_ID) "
        "JOIN ZC_PAT_STATUS AS z USING (ADT_PATIENT_STAT_C) "
        f"WHERE h.HOSP_ADMSN_TIME IS NOT NULL AND h.ADMIT_CONF_STAT_C <> 3 AND "
        f"(t.{time} < h.ADT_ARRIVAL_TIME OR t.{time} > h.HOSP_DISCH_TIME)"
    )
    assert outside == [(0,)]


def test_surgery_lies_inside_its_stay(query: Query) -> None:
    rows = query(
        "SELECT count(*), sum(CASE WHEN l.SCHED_START_TIME >= h.ADT_ARRIVAL_TIME "
        "AND l.SURGERY_DATE <= h.HOSP_DISCH_TIME THEN 1 ELSE 0 END) "
        "FROM OR_LOG AS l JOIN PAT_OR_ADM_LINK AS k USING (LOG_ID) "
        "JOIN PAT_ENC_HSP AS h ON h.PAT_ENC_CSN_ID = k.OR_LINK_CSN "
        "WHERE l.PROC_NOT_PERF_C IS NULL AND h.HOSP_DISCH_TIME IS NOT NULL"
    )
    assert rows[0][0] == rows[0][1] > 300


def test_stays_of_one_person_do_not_overlap(query: Query) -> None:
    overlapping = query(
        "WITH stays AS (SELECT person_id AS person, h.PAT_ENC_CSN_ID AS csn, "
        "HOSP_ADMSN_TIME AS start, HOSP_DISCH_TIME AS stop FROM PAT_ENC_HSP AS h "
        "JOIN survivor USING (PAT_ID) JOIN ZC_CONF_STAT AS z USING (ADMIT_CONF_STAT_C) "
        "WHERE z.NAME = 'Completed' AND HOSP_DISCH_TIME IS NOT NULL) "
        "SELECT count(*) FROM stays AS a JOIN stays AS b ON a.person = b.person AND a.csn < b.csn "
        "AND a.start < b.stop AND b.start < a.stop"
    )
    assert overlapping == [(0,)]


def test_adt_events_of_a_contact_are_in_order(query: Query) -> None:
    rows = query(
        "SELECT count(*) FROM (SELECT EFFECTIVE_TIME AS t, lag(EFFECTIVE_TIME) OVER "
        "(PARTITION BY PAT_ENC_CSN_ID ORDER BY SEQ_NUM_IN_ENC) AS before FROM CLARITY_ADT) "
        "WHERE t < before"
    )
    assert rows == [(0,)]
