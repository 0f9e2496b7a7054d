/* Images, injections and therapy that were ordered and done, as `local` codes: the site's order
   codes (PROC_CODE), such as IMG243 for a spine MRI, PRC310 for an epidural injection, REF501 for
   physical therapy on the synthetic chart. List those of your site: `ehrkit codes count` counts them.
   Laboratory orders are measurements. An order that was only sent was not done. */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(o.PAT_ENC_CSN_ID) AS encounter_id,
  EHR_KEY('order', EHR_TEXT(o.ORDER_PROC_ID)) AS event_id,
  EHR_TO_DATE(COALESCE(o.PROC_START_TIME, o.RESULT_TIME, o.ORDERING_DATE)) AS event_date,
  EHR_TO_TIME(o.PROC_START_TIME) AS event_time,
  'local' AS vocabulary,
  EHR_CODE(o.PROC_CODE) AS code
FROM ORDER_PROC AS o
JOIN patients AS m ON m.pat_id = o.PAT_ID
JOIN ZC_ORDER_STATUS AS s
  ON EHR_TEXT(s.ORDER_STATUS_C) = EHR_TEXT(o.ORDER_STATUS_C)
  AND LOWER(s.NAME) IN ('completed', 'resulted')
LEFT JOIN ZC_ORDER_TYPE AS t ON EHR_TEXT(t.ORDER_TYPE_C) = EHR_TEXT(o.ORDER_TYPE_C)
WHERE COALESCE(LOWER(t.NAME), '-') NOT LIKE 'lab%'
