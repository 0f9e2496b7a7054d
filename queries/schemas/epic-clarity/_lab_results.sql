/* Laboratory components. 9999999 marks a result that is text, so it is no number. */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(o.PAT_ENC_CSN_ID) AS encounter_id,
  EHR_KEY(EHR_TEXT(o.ORDER_PROC_ID), r.LINE) AS event_id,
  EHR_TO_TIME(COALESCE(r.RESULT_TIME, r.RESULT_DATE)) AS event_time,
  'loinc' AS vocabulary,
  EHR_CODE(l.LNC_CODE) AS code,
  CASE WHEN r.ORD_NUM_VALUE = 9999999 THEN EHR_NO_NUMBER() ELSE r.ORD_NUM_VALUE END AS value_number,
  r.ORD_VALUE AS value_text,
  r.REFERENCE_UNIT AS unit
FROM ORDER_RESULTS AS r
JOIN ORDER_PROC AS o ON o.ORDER_PROC_ID = r.ORDER_PROC_ID
JOIN patients AS m ON m.pat_id = o.PAT_ID
LEFT JOIN CLARITY_COMPONENT AS c ON c.COMPONENT_ID = r.COMPONENT_ID
LEFT JOIN LNC_DB_MAIN AS l ON l.RECORD_ID = COALESCE(r.COMPON_LNC_ID, c.DEFAULT_LNC_ID)
