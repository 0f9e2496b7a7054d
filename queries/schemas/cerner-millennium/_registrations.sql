/* Encounters that took place: active rows, not cancelled, and not preadmitted without arrival. A
   missing discharge time stays missing: still in house, or never closed. */
SELECT
  e.ENCNTR_ID AS encounter_key,
  m.person_id AS person_id,
  COALESCE(c.meaning, '-') AS class_meaning,
  e.ENCNTR_TYPE_CD AS type_id,
  e.LOC_NURSE_UNIT_CD AS unit,
  EHR_TO_TIME(e.ARRIVE_DT_TM) AS arrived,
  EHR_TO_TIME(e.REG_DT_TM) AS registered,
  EHR_TO_TIME(e.INPATIENT_ADMIT_DT_TM) AS admitted,
  EHR_TO_TIME(e.DISCH_DT_TM) AS discharged,
  e.DISCH_DISPOSITION_CD AS disposition_id,
  e.MED_SERVICE_CD AS service_id
FROM ENCOUNTER AS e
JOIN patients AS m ON m.record_id = e.PERSON_ID
LEFT JOIN code_values AS s ON s.code_value = e.ENCNTR_STATUS_CD
LEFT JOIN code_values AS c ON c.code_value = e.ENCNTR_TYPE_CLASS_CD
WHERE EHR_INTEGER(e.ACTIVE_IND) = 1
  AND EHR_TO_DATE(e.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
  AND COALESCE(s.meaning, '-') NOT IN ('CANCELLED', 'CANCELED', 'PREADMIT')
  AND COALESCE(c.meaning, '-') <> 'PREADMIT'
