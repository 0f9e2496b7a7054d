/* Orders and prescriptions that were not canceled or left pending; one row per RxNorm ingredient. */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(o.PAT_ENC_CSN_ID) AS encounter_id,
  EHR_TEXT(o.ORDER_MED_ID) AS event_id,
  EHR_TO_DATE(COALESCE(o.START_DATE, o.ORDERING_DATE)) AS event_date,
  EHR_TO_DATE(o.END_DATE) AS end_date,
  EHR_NO_TIME() AS event_time,
  'rxnorm' AS vocabulary,
  EHR_CODE(r.RXNORM_CODE) AS code,
  d.NAME AS name,
  EHR_NO_TEXT() AS setting,
  EHR_NO_NUMBER() AS quantity,
  EHR_INTEGER(EHR_NO_TEXT()) AS days_supply,
  EHR_NO_NUMBER() AS strength,
  EHR_NO_TEXT() AS strength_unit
FROM ORDER_MED AS o
JOIN patients AS m ON m.pat_id = o.PAT_ID
LEFT JOIN ZC_ORDER_STATUS AS s ON EHR_TEXT(s.ORDER_STATUS_C) = EHR_TEXT(o.ORDER_STATUS_C)
LEFT JOIN CLARITY_MEDICATION AS d ON EHR_TEXT(d.MEDICATION_ID) = EHR_TEXT(o.MEDICATION_ID)
LEFT JOIN RXNORM_CODES AS r ON EHR_TEXT(r.MEDICATION_ID) = EHR_TEXT(o.MEDICATION_ID)
WHERE COALESCE(LOWER(s.NAME), '-') NOT IN ('canceled', 'cancelled', 'pending')
