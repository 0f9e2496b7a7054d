/* Coded procedures, what was ordered and done, and billed HCPCS codes without voided charges, payments and assistants. */
SELECT
  p.person_id AS person_id,
  p.encounter_id AS encounter_id,
  p.event_id AS event_id,
  p.event_date AS event_date,
  p.event_time AS event_time,
  p.vocabulary AS vocabulary,
  p.code AS code
FROM coded_procedures AS p
UNION ALL
SELECT
  o.person_id AS person_id,
  o.encounter_id AS encounter_id,
  o.event_id AS event_id,
  o.event_date AS event_date,
  o.event_time AS event_time,
  o.vocabulary AS vocabulary,
  o.code AS code
FROM ordered_procedures AS o
UNION ALL
SELECT
  a.person_id AS person_id,
  EHR_TEXT(a.primary_csn) AS encounter_id,
  EHR_KEY('facility', EHR_KEY(EHR_TEXT(a.account_id), x.LINE)) AS event_id,
  EHR_TO_DATE(x.CPT_CODE_DATE) AS event_date,
  EHR_NO_TIME() AS event_time,
  'hcpcs' AS vocabulary,
  EHR_CODE(x.CPT_CODE) AS code
FROM HSP_ACCT_CPT_CODES AS x
JOIN accounts AS a ON a.account_id = x.HSP_ACCOUNT_ID
UNION ALL
SELECT
  m.person_id AS person_id,
  EHR_TEXT(t.PAT_ENC_CSN_ID) AS encounter_id,
  EHR_KEY('professional', t.TX_ID) AS event_id,
  EHR_TO_DATE(t.SERVICE_DATE) AS event_date,
  EHR_NO_TIME() AS event_time,
  'hcpcs' AS vocabulary,
  EHR_CODE(t.CPT_CODE) AS code
FROM ARPB_TRANSACTIONS AS t
JOIN patients AS m ON m.pat_id = t.PATIENT_ID
JOIN ZC_TX_TYPE AS z ON EHR_TEXT(z.TX_TYPE_C) = EHR_TEXT(t.TX_TYPE_C) AND LOWER(z.NAME) = 'charge'
WHERE t.VOID_DATE IS NULL
  AND COALESCE(t.MODIFIER_ONE, '-') NOT IN ('80', '82', 'AS')
  AND COALESCE(t.MODIFIER_TWO, '-') NOT IN ('80', '82', 'AS')
