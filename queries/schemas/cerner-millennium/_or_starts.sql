/* When the surgery of an encounter and day began. A day with two performed cases tells no single
   start. */
SELECT
  s.ENCNTR_ID AS encounter_key,
  EHR_TO_DATE(s.SURG_START_DT_TM) AS surgery_date,
  MIN(EHR_TO_TIME(s.SURG_START_DT_TM)) AS start_time
FROM SURGICAL_CASE AS s
WHERE EHR_INTEGER(s.ACTIVE_IND) = 1 AND s.CANCEL_DT_TM IS NULL AND s.SURG_START_DT_TM IS NOT NULL
GROUP BY s.ENCNTR_ID, EHR_TO_DATE(s.SURG_START_DT_TM)
HAVING COUNT(*) = 1
