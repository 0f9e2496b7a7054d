/* Hospital accounts that count: not voided, and not combined into another account. */
SELECT
  a.HSP_ACCOUNT_ID AS account_id,
  a.PRIM_ENC_CSN_ID AS primary_csn,
  m.person_id AS person_id,
  EHR_TO_DATE(a.ADM_DATE_TIME) AS admission_date,
  a.FINAL_DRG_ID AS drg_id
FROM HSP_ACCOUNT AS a
JOIN patients AS m ON m.pat_id = a.PAT_ID
LEFT JOIN ZC_ACCT_BILLSTS_HA AS b
  ON EHR_TEXT(b.ACCT_BILLSTS_HA_C) = EHR_TEXT(a.ACCT_BILLSTS_HA_C)
WHERE COALESCE(LOWER(b.NAME), '-') NOT IN ('voided', 'combined')
