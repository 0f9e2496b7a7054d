/* Diagnoses of contacts and final coded diagnoses of accounts, on the contact's first day. The
   current ICD-10 map is used: a diagnosis may read as a code that is newer than the contact. */
SELECT
  c.person_id AS person_id,
  c.csn AS encounter_id,
  EHR_KEY('contact', EHR_KEY(c.csn, x.LINE)) AS event_id,
  c.contact_date AS event_date,
  'icd10cm' AS vocabulary,
  EHR_CODE(d.CODE) AS code,
  EHR_INTEGER(EHR_NO_TEXT()) AS position,
  EHR_NO_TEXT() AS present_on_admission
FROM PAT_ENC_DX AS x
JOIN contacts AS c ON c.csn = EHR_TEXT(x.PAT_ENC_CSN_ID)
JOIN EDG_CURRENT_ICD10 AS d ON EHR_TEXT(d.DX_ID) = EHR_TEXT(x.DX_ID)
UNION ALL
SELECT
  a.person_id AS person_id,
  a.primary_csn AS encounter_id,
  EHR_KEY('account', EHR_KEY(a.account_id, x.LINE)) AS event_id,
  a.admission_date AS event_date,
  'icd10cm' AS vocabulary,
  EHR_CODE(d.CODE) AS code,
  EHR_INTEGER(EHR_NO_TEXT()) AS position,
  EHR_NO_TEXT() AS present_on_admission
FROM HSP_ACCT_DX_LIST AS x
JOIN accounts AS a ON a.account_id = EHR_TEXT(x.HSP_ACCOUNT_ID)
JOIN EDG_CURRENT_ICD10 AS d ON EHR_TEXT(d.DX_ID) = EHR_TEXT(x.DX_ID)
