"""The answer key against the chart, each planted kind found again by independent SQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ehrkit.core.shapes import shape
from tests.synthetic.conftest import PATIENTS, Query

Planted = Callable[[str], set[str]]

REAL_STAY = (
    "PAT_ENC_HSP AS h JOIN ZC_PAT_STATUS AS s USING (ADT_PATIENT_STAT_C) "
    "JOIN ZC_CONF_STAT AS c USING (ADMIT_CONF_STAT_C) "
    "WHERE s.NAME <> 'Preadmission' AND c.NAME <> 'Canceled'"
)
# Treat-and-release emergency visits; departures from the truth, for the chart lost some.
VISITS = (
    "SELECT PAT_ENC_CSN_ID FROM (SELECT h.PAT_ENC_CSN_ID, h.ADT_ARRIVAL_TIME AS arrival, "
    "COALESCE(v.departure, h.HOSP_DISCH_TIME) AS departure FROM PAT_ENC_HSP AS h "
    "JOIN ZC_HOSP_ADMSN_TYPE AS z USING (HOSP_ADMSN_TYPE_C) LEFT JOIN truth_emergency_visits AS v "
    "ON v.encounter_id = CAST(h.PAT_ENC_CSN_ID AS VARCHAR) "
    "WHERE z.NAME = 'Emergency' AND INP_ADM_DATE IS NULL AND OP_ADM_DATE IS NULL) WHERE"
)
OVER_TWO = (
    "AND arrival < departure::DATE + INTERVAL 2 HOUR "
    "AND departure > departure::DATE + INTERVAL 2 HOUR"
)
FOUND_BY_SQL = {
    "test-patient": "SELECT PAT_ID FROM PATIENT_3 WHERE IS_TEST_PAT_YN = 'Y'",
    "merged-record": "SELECT PATIENT_MRG_HIST FROM PAT_MERGE_HISTORY",
    "merge-chain": "SELECT a.PATIENT_MRG_HIST FROM PAT_MERGE_HISTORY AS a "
    "JOIN PAT_MERGE_HISTORY AS b ON b.PATIENT_MRG_HIST = a.PAT_ID",
    "combined-account": "SELECT HSP_ACCOUNT_ID FROM HSP_ACCOUNT JOIN ZC_ACCT_BILLSTS_HA AS z "
    "USING (ACCT_BILLSTS_HA_C) WHERE z.NAME = 'Combined' AND COMBINE_ACCT_ID IS NOT NULL",
    "zero-charge-account": "SELECT HSP_ACCOUNT_ID FROM HSP_ACCOUNT JOIN ZC_ACCT_BILLSTS_HA AS z "
    "USING (ACCT_BILLSTS_HA_C) WHERE TOT_CHGS = 0 AND z.NAME NOT IN ('Voided', 'Combined')",
    "visit-over-midnight": f"{VISITS} arrival::DATE < departure::DATE",
    "visit-over-skipped-hour": f"{VISITS} month(departure) = 3 AND dayofweek(departure) = 0 "
    "AND day(departure) BETWEEN 8 AND 14 "
    f"{OVER_TWO}",
    "visit-over-repeated-hour": f"{VISITS} month(departure) = 11 AND dayofweek(departure) = 0 "
    "AND day(departure) BETWEEN 1 AND 7 "
    f"{OVER_TWO}",
    "booked-under-old-record": "SELECT PAT_ENC_CSN_ID FROM PAT_ENC WHERE PAT_ID NOT IN "
    "(SELECT person_id FROM truth_persons) AND PAT_ID NOT IN "
    "(SELECT PAT_ID FROM PATIENT_3 WHERE IS_TEST_PAT_YN = 'Y')",
    "placeholder-ssn": "SELECT PAT_ID FROM PATIENT WHERE SSN IN ('999-99-9999', '000-00-0000') "
    "AND PAT_ID IN (SELECT person_id FROM truth_persons UNION ALL "
    "SELECT PAT_ID FROM PATIENT_3 WHERE IS_TEST_PAT_YN = 'Y')",
    "stale-address": "SELECT PAT_ID FROM PATIENT JOIN PAT_ADDR_CHNG_HX USING (PAT_ID) "
    "WHERE EFF_END_DATE IS NOT NULL AND ADD_LINE_1 = ADDR_HX_LINE1 AND CITY = CITY_HX",
    "suffix-in-last-name": "SELECT PAT_ID FROM PATIENT "
    "WHERE regexp_matches(PAT_LAST_NAME, ' (Jr|Sr|III)$')",
    "living-status-conflict": "SELECT p.PAT_ID FROM PATIENT AS p JOIN ZC_PATIENT_STATUS AS z "
    "ON z.PATIENT_STATUS_C = p.PAT_STATUS_C WHERE z.NAME = 'Alive' AND DEATH_DATE IS NOT NULL",
    "death-unknown": "SELECT person_id FROM truth_persons WHERE death_date IS NOT NULL "
    "AND person_id IN (SELECT PAT_ID FROM PATIENT WHERE DEATH_DATE IS NULL)",
    "reversed-charge": "SELECT TX_ID FROM HSP_TRANSACTIONS AS t WHERE QUANTITY < 0 AND "
    "(SELECT sum(QUANTITY) FROM HSP_TRANSACTIONS AS o WHERE o.PAT_ENC_CSN_ID = t.PAT_ENC_CSN_ID "
    "AND o.UB_REV_CODE_ID = t.UB_REV_CODE_ID) > 0",
    "reversed-emergency-charge": "SELECT TX_ID FROM HSP_TRANSACTIONS AS t WHERE QUANTITY < 0 AND "
    "(SELECT sum(QUANTITY) FROM HSP_TRANSACTIONS AS o WHERE o.PAT_ENC_CSN_ID = t.PAT_ENC_CSN_ID "
    "AND o.UB_REV_CODE_ID = t.UB_REV_CODE_ID) = 0",
    "superseded-code": "SELECT DX_ID FROM CLARITY_EDG JOIN EDG_CURRENT_ICD10 USING (DX_ID) "
    "WHERE replace(CODE, '.', '') <> replace(REF_BILL_CODE, '.', '')",
    "undotted-code": "SELECT DX_ID FROM CLARITY_EDG "
    "WHERE length(REF_BILL_CODE) > 3 AND REF_BILL_CODE NOT LIKE '%.%'",
    "voided-charge": "SELECT TX_ID FROM ARPB_TRANSACTIONS WHERE VOID_DATE IS NOT NULL",
    "assistant-charge": "SELECT TX_ID FROM ARPB_TRANSACTIONS "
    "WHERE MODIFIER_ONE IN ('80', '82', 'AS')",
    "charge-without-contact": "SELECT TX_ID FROM ARPB_TRANSACTIONS JOIN ZC_TX_TYPE AS z "
    "USING (TX_TYPE_C) WHERE z.NAME = 'Charge' AND PAT_ENC_CSN_ID IS NULL",
    "service-date-off": "SELECT t.TX_ID FROM ARPB_TRANSACTIONS AS t JOIN ZC_TX_TYPE AS z "
    "USING (TX_TYPE_C) JOIN PAT_ENC_HSP AS h USING (HSP_ACCOUNT_ID) "
    "JOIN PAT_OR_ADM_LINK AS k ON k.OR_LINK_CSN = h.PAT_ENC_CSN_ID JOIN OR_LOG AS l "
    "ON l.LOG_ID = k.LOG_ID WHERE z.NAME = 'Charge' AND t.SERVICE_DATE <> l.SURGERY_DATE",
    "wrong-scheduled-name": "SELECT LOG_ID FROM OR_LOG_ALL_PROC JOIN OR_PROC USING (OR_PROC_ID) "
    "WHERE PROC_NAME LIKE 'EXPLORATION%'",
    "completed-log": "SELECT LOG_ID FROM OR_LOG JOIN ZC_OR_STATUS AS z USING (STATUS_C) "
    "WHERE z.NAME = 'Completed'",
    "preadmission": "SELECT PAT_ENC_CSN_ID FROM PAT_ENC_HSP JOIN ZC_PAT_STATUS AS z "
    "USING (ADT_PATIENT_STAT_C) WHERE z.NAME = 'Preadmission'",
    "cancelled-admission": "SELECT PAT_ENC_CSN_ID FROM PAT_ENC_HSP JOIN ZC_CONF_STAT AS z "
    "USING (ADMIT_CONF_STAT_C) WHERE z.NAME = 'Canceled'",
    "system-contact": "SELECT PAT_ENC_CSN_ID FROM PAT_ENC WHERE DEPARTMENT_ID IS NULL",
    "canceled-movement": "SELECT EVENT_ID FROM CLARITY_ADT JOIN ZC_EVENT_SUBTYPE AS z "
    "USING (EVENT_SUBTYPE_C) WHERE z.NAME = 'Canceled'",
    "cancelled-case": "SELECT LOG_ID FROM OR_LOG WHERE PROC_NOT_PERF_C IS NOT NULL",
    "unposted-log": "SELECT LOG_ID FROM OR_LOG JOIN ZC_OR_STATUS AS z USING (STATUS_C) "
    "WHERE z.NAME = 'Unposted'",
    "deleted-problem": "SELECT PROBLEM_LIST_ID FROM PROBLEM_LIST JOIN ZC_PROBLEM_STATUS AS z "
    "USING (PROBLEM_STATUS_C) WHERE z.NAME = 'Deleted'",
    "repeated-history": "SELECT PAT_ENC_CSN_ID || '-' || LINE FROM (SELECT *, row_number() OVER "
    "(PARTITION BY person_id, DX_ID ORDER BY PAT_ENC_CSN_ID, LINE) AS nth FROM MEDICAL_HX "
    "JOIN PAT_ENC USING (PAT_ENC_CSN_ID) JOIN (SELECT PAT_ID, COALESCE(t.person_id, s.person_id) "
    "AS person_id FROM survivor AS s LEFT JOIN truth_merges AS t ON t.old_pat_id = s.PAT_ID) "
    "USING (PAT_ID)) WHERE nth > 1",
    "result-not-numeric": "SELECT ORDER_PROC_ID || '-' || LINE FROM ORDER_RESULTS "
    "WHERE TRY_CAST(ORD_VALUE AS DOUBLE) IS NULL",
    "deleted-note": "SELECT NOTE_ID FROM HNO_INFO WHERE DELETE_INSTANT_DTTM IS NOT NULL",
}


@pytest.mark.parametrize("kind", sorted(FOUND_BY_SQL))
def test_planted_rows_are_exactly_those_that_sql_finds(
    query: Query, planted: Planted, kind: str
) -> None:
    assert {str(row[0]) for row in query(FOUND_BY_SQL[kind])} == planted(kind)


def test_shuffled_numbers_are_those_that_stand_for_another_name(query: Query) -> None:
    told = set(query("SELECT replace(\"table\", 'clarity.', ''), key FROM truth_planted "
                     "WHERE kind = 'shuffled-number'"))  # fmt: skip
    described = shape("epic-clarity")
    found = set()
    for name, category in described.categories.items():
        key = described.tables[name].columns[0].name
        for number, label in query(f"SELECT {key}, NAME FROM {name}"):
            if category.codes()[label] != number:
                found.add((name, str(number)))
    assert len({name for name, _ in found}) > 10
    assert told == found


def test_missing_discharges_are_planted_or_truly_in_house(query: Query, planted: Planted) -> None:
    open_stays = query(f"SELECT PAT_ENC_CSN_ID FROM {REAL_STAY} AND HOSP_DISCH_TIME IS NULL")
    expected = planted("discharge-missing") | planted("in-house-at-extract")
    assert {str(row[0]) for row in open_stays} == expected


def test_emergency_signals_are_exactly_those_of_the_key(query: Query) -> None:
    """All four signals, found by hand, against the four columns of the answer key."""
    found = query(
        f"""
        WITH stay AS (SELECT PAT_ENC_CSN_ID AS csn, ED_EPISODE_ID, EMER_ADM_DATE,
                             ADT_PAT_CLASS_C, DEPARTMENT_ID FROM {REAL_STAY}),
        charged AS (
          SELECT PAT_ENC_CSN_ID AS csn FROM HSP_TRANSACTIONS
          JOIN CL_UB_REV_CODE USING (UB_REV_CODE_ID)
          WHERE REVENUE_CODE BETWEEN '0450' AND '0459' OR REVENUE_CODE = '0981'
          GROUP BY 1 HAVING sum(QUANTITY) > 0),
        moved AS (
          SELECT DISTINCT PAT_ENC_CSN_ID AS csn FROM CLARITY_ADT
          JOIN ZC_ACCT_BASECLS_HA AS z ON z.ACCT_BASECLS_HA_C = BASE_PAT_CLASS_C
          JOIN ZC_EVENT_SUBTYPE AS u USING (EVENT_SUBTYPE_C)
          WHERE z.NAME = 'Emergency' AND u.NAME <> 'Canceled'),
        signals AS (
          SELECT CAST(csn AS VARCHAR) AS encounter_id,
            ED_EPISODE_ID IS NOT NULL
              OR csn IN (SELECT PAT_ENC_CSN_ID FROM F_ED_ENCOUNTERS) AS record,
            EMER_ADM_DATE IS NOT NULL OR csn IN (SELECT csn FROM moved) AS base,
            ADT_PAT_CLASS_C = (SELECT ADT_PAT_CLASS_C FROM ZC_PAT_CLASS WHERE NAME = 'Emergency')
              OR DEPARTMENT_ID IN (SELECT DEPARTMENT_ID FROM CLARITY_DEP
                                   WHERE SPECIALTY = 'Emergency Medicine') AS class,
            csn IN (SELECT csn FROM charged) AS charge
          FROM stay)
        SELECT count(*), sum(CASE WHEN (s.record, s.base, s.class, s.charge) =
            (v.ed_record, v.base_class, v.class_or_department, v.revenue) THEN 1 ELSE 0 END)
        FROM (SELECT * FROM signals WHERE record OR base OR class OR charge) AS s
        FULL JOIN (SELECT * FROM truth_emergency_visits WHERE visible) AS v USING (encounter_id)
        WHERE s.encounter_id NOT IN (
          SELECT CAST(PAT_ENC_CSN_ID AS VARCHAR) FROM PAT_ENC JOIN PATIENT_3 USING (PAT_ID)
          WHERE IS_TEST_PAT_YN = 'Y') OR s.encounter_id IS NULL
        """
    )
    assert found[0][0] == found[0][1] > 1000


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("emergency-without-ed-record", 0.05, 0.12),
        ("emergency-revenue-only", 0.008, 0.025),
        ("emergency-base-class-only", 0.008, 0.025),
        ("emergency-ed-record-only", 0.008, 0.025),
    ],
)
def test_signals_are_hidden_at_about_their_rate(
    query: Query, planted: Planted, kind: str, low: float, high: float
) -> None:
    visible = query("SELECT count(*) FROM truth_emergency_visits WHERE visible")[0][0]
    assert low < len(planted(kind)) / visible < high


def test_emergency_within_30_days_of_fusion_is_what_a_reader_of_the_chart_finds(
    query: Query,
) -> None:
    """The whole question by hand: fusions by code, visits by any signal, against the truth.

    The truth may only differ where the key says that the chart cannot know: visits
    elsewhere, stays whose discharge was never closed, and people in two records.
    """
    fusions = """
        SELECT DISTINCT m.person_id, h.HOSP_DISCH_TIME AS discharged
        FROM HSP_ACCT_PX_LIST AS x JOIN CL_ICD_PX AS c ON c.ICD_PX_ID = x.FINAL_ICD_PX_ID
        JOIN PAT_ENC_HSP AS h USING (HSP_ACCOUNT_ID)
        JOIN survivor AS m ON m.PAT_ID = h.PAT_ID
        JOIN PATIENT_3 AS t ON t.PAT_ID = m.person_id
        WHERE substr(c.REF_BILL_CODE, 1, 4) IN ('0SG0', '0SG1', '0SG3')
          AND h.HOSP_DISCH_TIME IS NOT NULL AND t.IS_TEST_PAT_YN IS NULL
          AND h.PAT_ID NOT IN (SELECT old_pat_id FROM truth_merges WHERE NOT merged)"""
    by_chart = f"""
        SELECT f.person_id, f.discharged::DATE AS d FROM ({fusions}) AS f
        WHERE EXISTS (SELECT 1 FROM PAT_ENC_HSP AS h
          JOIN survivor AS m ON m.PAT_ID = h.PAT_ID
          WHERE m.person_id = f.person_id
            AND date_diff('day', f.discharged::DATE, h.ADT_ARRIVAL_TIME::DATE) BETWEEN 1 AND 30
            AND (h.ED_EPISODE_ID IS NOT NULL OR h.EMER_ADM_DATE IS NOT NULL
              OR h.ADT_PAT_CLASS_C = '103'
              OR (SELECT sum(t.QUANTITY) FROM HSP_TRANSACTIONS AS t
                  WHERE t.PAT_ENC_CSN_ID = h.PAT_ENC_CSN_ID
                    AND t.UB_REV_CODE_ID IN (450, 981)) > 0))"""
    by_truth = """
        SELECT s.person_id, s.discharged::DATE AS d FROM truth_surgeries AS s
        WHERE s.kind = 'lumbar-fusion' AND s.performed AND s.encounter_id NOT IN
            (SELECT key FROM truth_planted
             WHERE kind IN ('discharge-missing', 'in-house-at-extract'))
          AND EXISTS (SELECT 1 FROM truth_emergency_visits AS v WHERE v.person_id = s.person_id
            AND v.visible
            AND date_diff('day', s.discharged::DATE, v.arrival::DATE) BETWEEN 1 AND 30)"""
    parted = {row[0] for row in query("SELECT person_id FROM truth_merges WHERE NOT merged")}
    chart, truth = (
        {row for row in query(sql) if row[0] not in parted} for sql in (by_chart, by_truth)
    )
    assert chart == truth
    total = query(f"SELECT count(*) FROM ({fusions})")[0][0]
    # Reference section 7: 12.8 % of primary lumbar fusions.
    assert 0.09 < len(truth) / total < 0.17
    hidden = query("SELECT count(*) FROM truth_emergency_visits WHERE NOT visible")[0][0]
    assert hidden > 50


def test_fusions_by_code_are_the_true_ones(query: Query) -> None:
    found = query(
        "SELECT count(*) FROM truth_surgeries WHERE kind = 'lumbar-fusion' AND performed "
        "AND procedure_date BETWEEN DATE '2018-01-01' AND DATE '2025-12-31'"
    )
    assert found[0][0] >= 250
    naive, true = (
        query(
            "SELECT count(DISTINCT HSP_ACCOUNT_ID) FROM HSP_ACCT_PX_LIST JOIN CL_ICD_PX "
            f"ON ICD_PX_ID = FINAL_ICD_PX_ID WHERE {condition}"
        )[0][0]
        for condition in (
            "REF_BILL_CODE LIKE '0SG%'",
            "substr(REF_BILL_CODE, 1, 4) IN ('0SG0', '0SG1', '0SG3')",
        )
    )
    assert naive > true, "the prefix trap was not planted"


def test_links_name_real_persons_and_real_profiles(query: Query, site: Path) -> None:
    links = (site / "truth" / "links.csv").read_text().splitlines()
    assert links[0] == "person_id,device_user_id"
    persons = {row[0] for row in query("SELECT person_id FROM truth_persons")}
    profiles = {
        line.split(",")[0]
        for line in (site / "wearables" / "profiles.csv").read_text().splitlines()[1:]
    }
    pairs = [line.split(",") for line in links[1:]]
    assert len(pairs) > 100
    assert {person for person, _ in pairs} <= persons
    users = {user for _, user in pairs}
    assert users < profiles, "some profiles belong to nobody here"
    assert len(users) == len(pairs) == len({person for person, _ in pairs})


def test_persons_are_the_patients_without_tests_and_second_records(query: Query) -> None:
    assert query("SELECT count(*) FROM truth_persons") == [(PATIENTS,)]
    assert query(
        "SELECT count(*) FROM truth_persons WHERE person_id NOT IN (SELECT PAT_ID FROM PATIENT)"
    ) == [(0,)]


def test_note_spans_hold_what_they_say(query: Query) -> None:
    """Names, dates and numbers stand exactly where the key says, over joined lines of text."""
    rows = query(
        "WITH whole AS (SELECT NOTE_ID, string_agg(NOTE_TEXT, '' ORDER BY LINE) AS text "
        "FROM HNO_NOTE_TEXT GROUP BY 1) "
        'SELECT kind, substr(text, CAST(start + 1 AS INT), CAST("end" - start AS INT)) '
        "FROM truth_note_spans AS s JOIN whole AS w ON w.NOTE_ID = s.note_id"
    )
    by_kind: dict[str, set[str]] = {}
    for kind, text in rows:
        by_kind.setdefault(kind, set()).add(text)
    mrns = {row[0] for row in query("SELECT mrn FROM truth_persons")}
    assert len(by_kind["mrn"] & mrns) > 200
    assert all(sum(sign.isdigit() for sign in text) >= 4 for text in by_kind["device"])
    assert all(any(sign.isdigit() for sign in text) for text in by_kind["date"])
    assert all(sum(sign.isdigit() for sign in text) >= 7 for text in by_kind["phone"])
    lengths = query("SELECT max(LINE) FROM HNO_NOTE_TEXT")
    assert lengths[0][0] > 1, "no note is cut into pieces"
