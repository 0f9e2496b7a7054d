"""The shapes of one site agree with one another, and each with itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.history import draw_history
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.records import make_records
from tests.synthetic.conftest import Query

# The code of a name that somebody scheduled by mistake.
MISTAKE = "Exploration Spine"


def test_movements_and_problems_share_no_key(query: Query) -> None:
    problems = "SELECT PROBLEM_LIST_ID FROM PROBLEM_LIST"
    assert query(f"SELECT count(*) FROM CLARITY_ADT WHERE EVENT_ID IN ({problems})") == [(0,)]
    # Room for the problems of five million patients at the rate of this site.
    room = "SELECT min(EVENT_ID) - min(PROBLEM_LIST_ID) FROM CLARITY_ADT, PROBLEM_LIST"
    ((apart,),) = query(room)
    ((count, patients),) = query(
        "SELECT (SELECT count(*) FROM PROBLEM_LIST), (SELECT count(*) FROM PATIENT)"
    )
    assert apart < 0 or apart > 5_000_000 * count / patients


def test_no_record_is_merged_before_its_person_is_born(query: Query) -> None:
    ended = "SELECT END_EFFECTIVE_DT_TM > BIRTH_DT_TM, count(*) FROM cerner.PERSON "
    assert [after for after, _ in query(f"{ended} WHERE ACTIVE_IND = 0 GROUP BY ALL")] == [True]
    spec, streams = Spec(8000, 11, notes=False), Streams(11)
    people = draw_history(spec, streams).truth.people
    born = people.birth.copy()
    born[::2], born[1::2] = np.datetime64("2024-06-01"), np.datetime64("2025-12-30")
    first = np.maximum(born, people.birth).astype("datetime64[D]")
    records = make_records(replace(people, birth=born), first, spec, streams)
    assert len(records) > 100
    assert (records.since > born[records.person]).all()
    first, then = records.chained(), records.into[records.chained()] - len(people)
    assert (records.since[first] < records.since[then]).all()


NAMES = """
    SELECT t.kind, t.performed, s.DISPLAY AS scheduled, d.DISPLAY AS done, PROC_TEXT,
      CAST(CAST(p.SURG_CASE_PROC_ID AS BIGINT) AS VARCHAR) AS key, t.log_id
    FROM cerner.SURG_CASE_PROCEDURE p
    JOIN truth_surgeries t ON CAST(t.log_id AS BIGINT) = p.SURG_CASE_ID
    JOIN cerner.CODE_VALUE s ON s.CODE_VALUE = p.SCHED_SURG_PROC_CD
    LEFT JOIN cerner.CODE_VALUE d ON d.CODE_VALUE = p.SURG_PROC_CD
"""


def test_each_kind_of_surgery_has_its_own_name(query: Query) -> None:
    done = dict(query(f"SELECT DISTINCT kind, done FROM ({NAMES}) WHERE performed"))
    assert len(done) == len(set(done.values())) == len(SurgeryKind)
    assert done["washout"] == "Irrigation Debridement Spine"
    assert MISTAKE not in done.values()


def test_the_same_cases_are_scheduled_wrongly_in_both_charts(query: Query) -> None:
    wrong = set(query(f"SELECT key, log_id FROM ({NAMES}) WHERE scheduled = ?", MISTAKE))
    key = "SELECT key FROM truth_planted WHERE kind = 'wrong-scheduled-name' AND \"table\" = ?"
    assert {(case,) for case, _ in wrong} == set(query(key, "cerner.SURG_CASE_PROCEDURE"))
    assert {(log,) for _, log in wrong} == set(query(key, "clarity.OR_LOG_ALL_PROC"))
    assert len(wrong) > 20
    assert query(f"SELECT count(*) FROM ({NAMES}) WHERE PROC_TEXT <> scheduled") == [(0,)]


def test_a_case_is_cancelled_for_the_same_reason_in_both_charts(query: Query) -> None:
    reasons = query(
        "SELECT v.DISPLAY, z.NAME, count(*) FROM cerner.SURGICAL_CASE s "
        "JOIN cerner.CODE_VALUE v ON v.CODE_VALUE = s.CANCEL_REASON_CD "
        "JOIN OR_CASE c ON CAST(c.LOG_ID AS BIGINT) = s.SURG_CASE_ID "
        "LEFT JOIN ZC_OR_CANCEL_RSN z ON z.CANCEL_REASON_C = c.CANCEL_REASON_C GROUP BY ALL"
    )
    assert len({there for there, _, _ in reasons}) == 4
    assert [row for row in reasons if row[0] != row[1]] == []


def test_admission_has_one_time(query: Query) -> None:
    different = (
        "SELECT count(*) FILTER (WHERE h.HOSP_ADMSN_TIME IS DISTINCT FROM e.HOSP_ADMSN_TIME), "
        "count(*) FILTER (WHERE h.HOSP_ADMSN_TIME <> a.ADM_DATE_TIME), "
        "count(*) FILTER (WHERE h.HOSP_ADMSN_TIME <> c.REG_DT_TM), "
        "count(a.ADM_DATE_TIME) > 1000 AND count(c.REG_DT_TM) > 1000 "
        "FROM PAT_ENC_HSP h JOIN PAT_ENC e USING (PAT_ENC_CSN_ID) "
        "LEFT JOIN HSP_ACCOUNT a ON a.PRIM_ENC_CSN_ID = h.PAT_ENC_CSN_ID "
        "LEFT JOIN cerner.ENCOUNTER c ON c.ENCNTR_ID = h.PAT_ENC_CSN_ID"
    )
    assert query(different) == [(0, 0, 0, True)]
    movements = (
        "SELECT count(*) FILTER (WHERE first <> h.HOSP_ADMSN_TIME), count(*) > 1000 FROM "
        "(SELECT PAT_ENC_CSN_ID, min(EFFECTIVE_TIME) AS first FROM {} GROUP BY ALL) "
        "JOIN PAT_ENC_HSP h USING (PAT_ENC_CSN_ID)"
    )
    assert query(movements.format("CLARITY_ADT")) == [(0, True)]
    stages = (
        "(SELECT ENCNTR_ID AS PAT_ENC_CSN_ID, BEG_EFFECTIVE_DT_TM AS EFFECTIVE_TIME "
        "FROM cerner.ENCNTR_LOC_HIST)"
    )
    assert query(movements.format(stages)) == [(0, True)]


@pytest.mark.parametrize(
    ("base", "column"), [("Inpatient", "INP_ADM_DATE"), ("Outpatient", "OP_ADM_DATE")]
)
def test_a_base_class_begins_with_its_first_movement(query: Query, base: str, column: str) -> None:
    """A visit whose emergency class nobody kept is outpatient without a bed."""
    rows = query(
        f"SELECT h.{column} = min(a.EFFECTIVE_TIME), count(*) FROM CLARITY_ADT a "
        "JOIN ZC_ACCT_BASECLS_HA z ON z.ACCT_BASECLS_HA_C = a.BASE_PAT_CLASS_C AND z.NAME = ? "
        "JOIN PAT_ENC_HSP h USING (PAT_ENC_CSN_ID) "
        f"WHERE h.{column} IS NOT NULL GROUP BY h.PAT_ENC_CSN_ID, h.{column}",
        base,
    )
    assert len(rows) > 100
    assert {same for same, _ in rows} == {True}


def test_nobody_is_counted_on_a_ward_before_coming_there(query: Query) -> None:
    """At any time a patient is in the unit, and of the class, of the movement before."""
    rows = query(
        "WITH e AS (SELECT a.*, z.NAME AS event FROM CLARITY_ADT a "
        "JOIN ZC_EVENT_TYPE z USING (EVENT_TYPE_C) "
        "JOIN ZC_EVENT_SUBTYPE s USING (EVENT_SUBTYPE_C) WHERE s.NAME = 'Original') "
        "SELECT c.DEPARTMENT_ID = m.DEPARTMENT_ID AND c.PAT_CLASS_C = m.PAT_CLASS_C, "
        "z.NAME = 'Emergency', count(*) FROM e c "
        "ASOF JOIN (SELECT * FROM e WHERE event IN ('Admission', 'Transfer In')) m "
        "ON m.PAT_ENC_CSN_ID = c.PAT_ENC_CSN_ID AND m.EFFECTIVE_TIME <= c.EFFECTIVE_TIME "
        "JOIN ZC_PAT_CLASS z ON z.ADT_PAT_CLASS_C = c.PAT_CLASS_C "
        "WHERE c.event = 'Census' GROUP BY ALL ORDER BY 2"
    )
    assert [row[:2] for row in rows] == [(True, False), (True, True)]
    assert all(count > 20 for _, _, count in rows)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("HSP_TRANSACTIONS", "TX_POST_DATE"),
        ("ARPB_TRANSACTIONS", "POST_DATE"),
        ("ARPB_TRANSACTIONS", "VOID_DATE"),
    ],
)
def test_nothing_is_posted_after_the_extract(query: Query, table: str, column: str) -> None:
    rows = query(f"SELECT max({column}) <= DATE '2026-03-31', count({column}) FROM {table}")
    assert rows[0][0]
    assert rows[0][1] > 100


def test_an_account_nets_to_its_charges_on_every_day(query: Query) -> None:
    """No charge stands twice between a reversal, or a void, and what replaces it."""
    twice = (
        "WITH days AS (SELECT *, sum(QUANTITY) OVER (PARTITION BY HSP_ACCOUNT_ID, UB_REV_CODE_ID, "
        "abs(TX_AMOUNT) ORDER BY TX_POST_DATE) / abs(QUANTITY) AS net FROM HSP_TRANSACTIONS) "
        "SELECT min(net), max(net) FROM days"
    )
    assert query(twice) == [(0, 1)]
    standing = (
        "SELECT max(n) FROM (SELECT count(*) AS n FROM ARPB_TRANSACTIONS t "
        "JOIN ZC_TX_TYPE z ON z.TX_TYPE_C = t.TX_TYPE_C AND z.NAME = 'Charge' "
        "WHERE VOID_DATE IS NULL AND MODIFIER_ONE IS NULL "
        "GROUP BY HSP_ACCOUNT_ID, SERVICE_DATE, SERV_PROVIDER_ID, CPT_CODE)"
    )
    assert query(standing) == [(1,)]
    early = (
        "SELECT count(*) FILTER (WHERE t.POST_DATE < v.VOID_DATE), count(*) > 50 "
        "FROM ARPB_TRANSACTIONS v JOIN ARPB_TRANSACTIONS t ON t.TX_ID <> v.TX_ID "
        "AND t.TX_TYPE_C = v.TX_TYPE_C AND t.VOID_DATE IS NULL "
        "AND t.MODIFIER_ONE IS NOT DISTINCT FROM v.MODIFIER_ONE "
        "AND t.SERV_PROVIDER_ID = v.SERV_PROVIDER_ID AND t.HSP_ACCOUNT_ID = v.HSP_ACCOUNT_ID "
        "AND t.CPT_CODE = v.CPT_CODE WHERE v.VOID_DATE IS NOT NULL"
    )
    assert query(early) == [(0, True)]
    total = (
        "SELECT count(*) FILTER (WHERE abs(a.TOT_CHGS - t.total) > 0.005 OR a.TOT_CHGS IS NULL) "
        "FROM HSP_ACCOUNT a JOIN (SELECT HSP_ACCOUNT_ID, sum(TX_AMOUNT) AS total "
        "FROM HSP_TRANSACTIONS GROUP BY ALL) t USING (HSP_ACCOUNT_ID)"
    )
    assert query(total) == [(0,)]


def test_transfers_go_to_another_unit(query: Query) -> None:
    rows = query(
        "SELECT o.DEPARTMENT_ID <> i.DEPARTMENT_ID, count(*) FROM CLARITY_ADT o "
        "JOIN CLARITY_ADT i USING (PAT_ENC_CSN_ID, EFFECTIVE_TIME) "
        "JOIN ZC_EVENT_TYPE x ON x.EVENT_TYPE_C = o.EVENT_TYPE_C AND x.NAME = 'Transfer Out' "
        "JOIN ZC_EVENT_TYPE y ON y.EVENT_TYPE_C = i.EVENT_TYPE_C AND y.NAME = 'Transfer In' "
        "GROUP BY ALL"
    )
    assert [moved for moved, _ in rows] == [True]
    stages = query(
        "SELECT a.LOC_NURSE_UNIT_CD <> b.LOC_NURSE_UNIT_CD FROM cerner.ENCNTR_LOC_HIST a "
        "JOIN cerner.ENCNTR_LOC_HIST b ON b.ENCNTR_ID = a.ENCNTR_ID "
        "AND b.BEG_EFFECTIVE_DT_TM = a.END_EFFECTIVE_DT_TM AND b.ACTIVE_IND = 1 "
        "WHERE a.ACTIVE_IND = 1 GROUP BY ALL"
    )
    assert stages == [(True,)]


def test_visits_are_called_what_clarity_calls_them(query: Query) -> None:
    rows = query(
        "SELECT v.visit_source_value = z.NAME, z.NAME, count(*) FROM omop.visit_occurrence v "
        "JOIN PAT_ENC_HSP h ON h.PAT_ENC_CSN_ID = v.visit_occurrence_id "
        "JOIN ZC_PAT_CLASS z USING (ADT_PAT_CLASS_C) GROUP BY ALL"
    )
    assert {same for same, _, _ in rows} == {True}
    assert {"Outpatient", "Emergency", "Inpatient"} <= {name for _, name, _ in rows}
    others = query(
        "SELECT v.visit_source_value = z.NAME, count(*) FROM omop.visit_occurrence v "
        "JOIN PAT_ENC e ON e.PAT_ENC_CSN_ID = v.visit_occurrence_id "
        "JOIN ZC_DISP_ENC_TYPE z ON z.DISP_ENC_TYPE_C = e.ENC_TYPE_C "
        "ANTI JOIN PAT_ENC_HSP h ON h.PAT_ENC_CSN_ID = e.PAT_ENC_CSN_ID GROUP BY ALL"
    )
    assert [same for same, _ in others] == [True]


def test_directions_and_last_days_of_drugs_are_the_same(query: Query) -> None:
    drugs = (
        "SELECT DISTINCT visit_occurrence_id, drug_exposure_start_datetime, drug_source_value, "
        "sig, verbatim_end_date FROM omop.drug_exposure"
    )
    orders = (
        "SELECT DISTINCT PAT_ENC_CSN_ID, ORDER_INST, DESCRIPTION, SIG, CAST(END_DATE AS DATE) "
        "FROM ORDER_MED"
    )
    assert query(f"SELECT count(*) FROM ({drugs} EXCEPT {orders})") == [(0,)]
    days = (
        "SELECT verbatim_end_date - drug_exposure_start_date = days_supply - 1, "
        "count(DISTINCT sig) > 3 FROM omop.drug_exposure WHERE days_supply IS NOT NULL GROUP BY 1"
    )
    assert query(days) == [(True, True)]


def test_who_left_against_advice_left_the_emergency_department_so(query: Query) -> None:
    left = (
        "FROM PAT_ENC_HSP h JOIN ZC_DISCH_DISP d USING (DISCH_DISP_C) "
        "JOIN F_ED_ENCOUNTERS f USING (PAT_ENC_CSN_ID) "
        "JOIN ZC_ED_DISPOSITION z ON z.ED_DISPOSITION_C = f.ED_DISPOSITION_C "
    )
    either = "d.NAME = 'Left Against Medical Advice' OR z.NAME IN ('AMA', 'LWBS')"
    found = set(query(f"SELECT d.NAME, z.NAME {left} WHERE {either}"))
    assert found == {("Left Against Medical Advice", "AMA")}
    boards = query(
        f"SELECT v.DISPLAY, count(*) {left} "
        "JOIN cerner.TRACKING_ITEM i ON i.ENCNTR_ID = h.PAT_ENC_CSN_ID "
        "JOIN cerner.TRACKING_CHECKIN c USING (TRACKING_ID) "
        "JOIN cerner.CODE_VALUE v ON v.CODE_VALUE = c.CHECKOUT_DISPOSITION_CD "
        "WHERE z.NAME = 'AMA' GROUP BY ALL"
    )
    assert [board for board, _ in boards] == ["Left Against Medical Advice"]


def test_a_unit_is_at_the_same_place_in_both_charts(query: Query) -> None:
    places = query(
        "SELECT DISTINCT u.DISPLAY, l.LOC_NAME, f.DISPLAY FROM cerner.ENCOUNTER e "
        "JOIN cerner.CODE_VALUE u ON u.CODE_VALUE = e.LOC_NURSE_UNIT_CD "
        "JOIN cerner.CODE_VALUE f ON f.CODE_VALUE = e.LOC_FACILITY_CD "
        "JOIN CLARITY_DEP d ON d.DEPARTMENT_NAME = u.DISPLAY "
        "JOIN CLARITY_LOC l ON l.LOC_ID = d.REV_LOC_ID"
    )
    assert len({here for _, here, _ in places}) == 3
    assert [place for place in places if place[1] != place[2]] == []


def test_flowsheets_lead_to_their_contact(query: Query) -> None:
    links = (
        "SELECT count(*), count(DISTINCT s.INPATIENT_DATA_ID), "
        "count(*) FILTER (WHERE e.INPATIENT_DATA_ID = s.INPATIENT_DATA_ID), "
        "count(*) FILTER (WHERE r.PAT_ID = e.PAT_ID) FROM IP_DATA_STORE s "
        "LEFT JOIN PAT_ENC e ON e.PAT_ENC_CSN_ID = s.EPT_CSN "
        "LEFT JOIN IP_FLWSHT_REC r ON r.INPATIENT_DATA_ID = s.INPATIENT_DATA_ID"
    )
    (counts,) = query(links)
    assert len(set(counts)) == 1
    assert query("SELECT count(INPATIENT_DATA_ID) FROM PAT_ENC") == [counts[:1]]
    assert counts[0] > 1000
