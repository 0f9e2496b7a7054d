/* Scores of questionnaires, told by the name of the question, as `local` codes PROMIS-PF, PROMIS-PI
   (T-scores) and ODI (percent): LOINC numbers each version of an instrument, which the name does
   not tell. A site with other names overlays this file. */
WITH score_questions AS (
  SELECT
    q.QUEST_ID AS question_id,
    CASE
      WHEN UPPER(q.QUEST_NAME) LIKE '%PROMIS%PHYSICAL FUNCTION%T-SCORE%' THEN 'PROMIS-PF'
      WHEN UPPER(q.QUEST_NAME) LIKE '%PROMIS%PAIN INTERFERENCE%T-SCORE%' THEN 'PROMIS-PI'
      WHEN UPPER(q.QUEST_NAME) LIKE '%OSWESTRY%TOTAL%' OR UPPER(q.QUEST_NAME) LIKE 'ODI%TOTAL%' THEN 'ODI'
    END AS code
  FROM CL_QQUEST AS q
)
SELECT
  m.person_id AS person_id,
  EHR_TEXT(e.PAT_ENC_CSN_ID) AS encounter_id,
  EHR_KEY('score', EHR_KEY(a.ANSWER_ID, a.LINE)) AS event_id,
  EHR_TO_DATE(e.CONTACT_DATE) AS event_date,
  q.code AS code,
  a.QUEST_ANSWER AS value_text,
  CASE WHEN q.code = 'ODI' THEN '%' ELSE 'T-score' END AS unit
FROM CL_QANSWER_QA AS a
JOIN score_questions AS q ON q.question_id = a.QUEST_ID AND q.code IS NOT NULL
JOIN PAT_ENC_FORM_ANS AS f ON f.QF_HQA_ID = a.ANSWER_ID
JOIN PAT_ENC AS e ON e.PAT_ENC_CSN_ID = f.PAT_ENC_CSN_ID
JOIN patients AS m ON m.pat_id = e.PAT_ID
