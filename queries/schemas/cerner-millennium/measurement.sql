/* The current version of each result and measurement that is not in error. Event codes are the
   site's own; CONCEPT_CKI gives their LOINC code. */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(e.ENCNTR_ID)) AS encounter_id,
  EHR_TEXT(EHR_INTEGER(e.EVENT_ID)) AS event_id,
  EHR_TO_DATE(e.EVENT_END_DT_TM) AS event_date,
  EHR_TO_TIME(e.EVENT_END_DT_TM) AS event_time,
  'loinc' AS vocabulary,
  EHR_CODE(REPLACE(c.concept, 'LOINC!', '')) AS code,
  EHR_NUMBER(e.RESULT_VAL) AS value_number,
  e.RESULT_VAL AS value_text,
  u.display AS unit
FROM CLINICAL_EVENT AS e
JOIN patients AS m ON m.record_id = EHR_TEXT(EHR_INTEGER(e.PERSON_ID))
JOIN code_values AS c
  ON c.code_value = EHR_TEXT(EHR_INTEGER(e.EVENT_CD)) AND c.concept LIKE 'LOINC!%'
LEFT JOIN code_values AS s ON s.code_value = EHR_TEXT(EHR_INTEGER(e.RESULT_STATUS_CD))
LEFT JOIN code_values AS u ON u.code_value = EHR_TEXT(EHR_INTEGER(e.RESULT_UNITS_CD))
WHERE EHR_TO_DATE(e.VALID_UNTIL_DT_TM) >= EHR_DATE('2100-01-01')
  AND COALESCE(s.meaning, '-')
    NOT IN ('INERROR', 'IN ERROR', 'INERRNOMUT', 'INERRNOVIEW', 'NOT DONE', 'CANCELED')
