"""The shapes of one site agree with one another, and each with itself."""

from __future__ import annotations

from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.history import draw_history
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
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
    history = draw_history(Spec(8000, 11, notes=False), Streams(11))
    records, births = history.records, history.truth.people.birth
    assert len(records) > 300
    assert (records.since > births[records.person]).all()
    first, then = records.chained(), records.into[records.chained()] - len(births)
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
