/* Encounters that took place: active rows, not cancelled, and not preadmitted without arrival. A
   missing discharge time stays missing: still in house, or never closed. */
SELECT
  EHR_TEXT(EHR_INTEGER(e.ENCNTR_ID)) AS encounter_id,
  m.person_id AS person_id,
  COALESCE(c.meaning, '-') AS class_meaning,
  COALESCE(LOWER(t.display), '-') AS type_name,
  EHR_TEXT(EHR_INTEGER(e.LOC_NURSE_UNIT_CD)) AS unit,
  EHR_TO_TIME(e.ARRIVE_DT_TM) AS arrived,
  EHR_TO_TIME(e.REG_DT_TM) AS registered,
  EHR_TO_TIME(e.INPATIENT_ADMIT_DT_TM) AS admitted,
  EHR_TO_TIME(e.DISCH_DT_TM) AS discharged,
  d.display AS disposition
FROM ENCOUNTER AS e
JOIN patients AS m ON m.record_id = EHR_TEXT(EHR_INTEGER(e.PERSON_ID))
LEFT JOIN code_values AS s ON s.code_value = EHR_TEXT(EHR_INTEGER(e.ENCNTR_STATUS_CD))
LEFT JOIN code_values AS c ON c.code_value = EHR_TEXT(EHR_INTEGER(e.ENCNTR_TYPE_CLASS_CD))
LEFT JOIN code_values AS t ON t.code_value = EHR_TEXT(EHR_INTEGER(e.ENCNTR_TYPE_CD))
LEFT JOIN code_values AS d ON d.code_value = EHR_TEXT(EHR_INTEGER(e.DISCH_DISPOSITION_CD))
WHERE EHR_INTEGER(e.ACTIVE_IND) = 1
  AND EHR_TO_DATE(e.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
  AND COALESCE(s.meaning, '-') NOT IN ('CANCELLED', 'CANCELED', 'PREADMIT')
  AND COALESCE(c.meaning, '-') <> 'PREADMIT'
