/* When the surgery of a stay and day began: the start of anesthesia, which is the only instant that
   is a fact (the scheduled start is a plan). Logs that were performed; a day with two of them tells
   no single start. */
SELECT
  k.OR_LINK_CSN AS csn,
  EHR_TO_DATE(l.SURGERY_DATE) AS surgery_date,
  MIN(EHR_TO_TIME(a.AN_START_DATETIME)) AS start_time
FROM OR_LOG AS l
JOIN PAT_OR_ADM_LINK AS k ON k.LOG_ID = l.LOG_ID
JOIN F_AN_RECORD_SUMMARY AS a ON a.AN_LOG_ID = l.LOG_ID
JOIN ZC_OR_STATUS AS z
  ON EHR_TEXT(z.STATUS_C) = EHR_TEXT(l.STATUS_C) AND LOWER(z.NAME) IN ('posted', 'completed')
WHERE l.PROC_NOT_PERF_C IS NULL
GROUP BY k.OR_LINK_CSN, EHR_TO_DATE(l.SURGERY_DATE)
HAVING COUNT(DISTINCT l.LOG_ID) = 1
