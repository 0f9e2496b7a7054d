/* Final coded ICD-10-PCS procedures with the stay that holds their date (else the account's primary
   contact), and the account's final DRG on its admission date. */
WITH account_procedures AS (
  SELECT
    a.account_id AS account_id,
    a.primary_csn AS primary_csn,
    a.person_id AS person_id,
    EHR_KEY(a.account_id, x.LINE) AS event_id,
    EHR_TO_DATE(x.PROC_DATE) AS event_date,
    EHR_CODE(c.REF_BILL_CODE) AS code
  FROM HSP_ACCT_PX_LIST AS x
  JOIN accounts AS a ON a.account_id = EHR_TEXT(x.HSP_ACCOUNT_ID)
  JOIN CL_ICD_PX AS c ON c.ICD_PX_ID = x.FINAL_ICD_PX_ID
),
procedure_stays AS (
  SELECT
    p.event_id AS event_id,
    s.csn AS csn,
    ROW_NUMBER() OVER (
      PARTITION BY p.event_id
      ORDER BY
        CASE
          WHEN EHR_TO_DATE(COALESCE(s.arrived, s.admitted)) <= p.event_date
            AND (s.discharged IS NULL OR EHR_TO_DATE(s.discharged) >= p.event_date) THEN 0
          ELSE 1
        END,
        CASE WHEN s.csn = p.primary_csn THEN 0 ELSE 1 END,
        s.csn
    ) AS choice
  FROM account_procedures AS p
  JOIN stays AS s ON s.account_id = p.account_id
)
SELECT
  p.person_id AS person_id,
  s.csn AS encounter_id,
  p.event_id AS event_id,
  p.event_date AS event_date,
  EHR_NO_TIME() AS event_time,
  'icd10pcs' AS vocabulary,
  p.code AS code
FROM account_procedures AS p
LEFT JOIN procedure_stays AS s ON s.event_id = p.event_id AND s.choice = 1
UNION ALL
SELECT
  a.person_id AS person_id,
  a.primary_csn AS encounter_id,
  EHR_KEY('drg', a.account_id) AS event_id,
  a.admission_date AS event_date,
  EHR_NO_TIME() AS event_time,
  'drg' AS vocabulary,
  REPLACE(EHR_CODE(d.DRG_NUMBER), 'MS', '') AS code
FROM accounts AS a
JOIN CLARITY_DRG AS d ON EHR_TEXT(d.DRG_ID) = a.drg_id
