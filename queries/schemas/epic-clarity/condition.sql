/* Diagnoses of contacts and final coded diagnoses of accounts, on the contact's first day. The
   current ICD-10 map is used: a diagnosis may read as a code that is newer than the contact.
   LINE is the rank of an account's diagnoses alone; of a contact's only the primary one is known.
   Unknown, clinically undetermined and exempt are no answer to present on admission. */
SELECT
  c.person_id AS person_id,
  EHR_TEXT(c.csn) AS encounter_id,
  EHR_KEY('contact', EHR_KEY(EHR_TEXT(c.csn), x.LINE)) AS event_id,
  c.contact_date AS event_date,
  'icd10cm' AS vocabulary,
  EHR_CODE(d.CODE) AS code,
  CASE WHEN x.PRIMARY_DX_YN = 'Y' THEN 1 END AS position,
  EHR_NO_TEXT() AS present_on_admission
FROM PAT_ENC_DX AS x
JOIN contacts AS c ON c.csn = x.PAT_ENC_CSN_ID
JOIN EDG_CURRENT_ICD10 AS d ON d.DX_ID = x.DX_ID
UNION ALL
SELECT
  a.person_id AS person_id,
  EHR_TEXT(a.primary_csn) AS encounter_id,
  EHR_KEY('account', EHR_KEY(EHR_TEXT(a.account_id), x.LINE)) AS event_id,
  a.admission_date AS event_date,
  'icd10cm' AS vocabulary,
  EHR_CODE(d.CODE) AS code,
  EHR_INTEGER(x.LINE) AS position,
  CASE LOWER(z.NAME) WHEN 'yes' THEN 'yes' WHEN 'no' THEN 'no' END AS present_on_admission
FROM HSP_ACCT_DX_LIST AS x
JOIN accounts AS a ON a.account_id = x.HSP_ACCOUNT_ID
JOIN EDG_CURRENT_ICD10 AS d ON d.DX_ID = x.DX_ID
LEFT JOIN ZC_DX_POA AS z ON EHR_TEXT(z.FINAL_DX_POA_C) = EHR_TEXT(x.FINAL_DX_POA_C)
