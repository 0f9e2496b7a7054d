/* The current version of each result and measurement that is not in error. Event codes are the
   site's own; CONCEPT_CKI gives their LOINC code. Scores of questionnaires are told by their display
   as `local` codes PROMIS-PF, PROMIS-PI and ODI: LOINC numbers each version of an instrument, which
   the display does not tell; a site with other names overlays this file. */
WITH measured AS (
  SELECT
    c.code_value AS event_code,
    CASE WHEN c.concept LIKE 'LOINC!%' THEN 'loinc' ELSE 'local' END AS vocabulary,
    CASE
      WHEN c.concept LIKE 'LOINC!%' THEN EHR_CODE(REPLACE(c.concept, 'LOINC!', ''))
      WHEN UPPER(c.display) LIKE '%PROMIS%PHYSICAL FUNCTION%' THEN 'PROMIS-PF'
      WHEN UPPER(c.display) LIKE '%PROMIS%PAIN INTERFERENCE%' THEN 'PROMIS-PI'
      WHEN UPPER(c.display) LIKE '%OSWESTRY%' THEN 'ODI'
    END AS code
  FROM code_values AS c
)
SELECT
  m.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(e.ENCNTR_ID)) AS encounter_id,
  EHR_TEXT(EHR_INTEGER(e.EVENT_ID)) AS event_id,
  EHR_TO_DATE(e.EVENT_END_DT_TM) AS event_date,
  EHR_TO_TIME(e.EVENT_END_DT_TM) AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_NUMBER(e.RESULT_VAL) AS value_number,
  e.RESULT_VAL AS value_text,
  u.display AS unit
FROM CLINICAL_EVENT AS e
JOIN patients AS m ON m.record_id = e.PERSON_ID
JOIN measured AS c ON c.event_code = e.EVENT_CD AND c.code IS NOT NULL
LEFT JOIN code_values AS s ON s.code_value = e.RESULT_STATUS_CD
LEFT JOIN code_values AS u ON u.code_value = e.RESULT_UNITS_CD
WHERE EHR_TO_DATE(e.VALID_UNTIL_DT_TM) >= EHR_DATE('2100-01-01')
  AND COALESCE(s.meaning, '-')
    NOT IN ('INERROR', 'IN ERROR', 'INERRNOMUT', 'INERRNOVIEW', 'NOT DONE', 'CANCELED')
