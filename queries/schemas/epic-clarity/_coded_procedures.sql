/* Final coded ICD-10-PCS procedures with the stay that holds their date (else the account's primary
   contact), and the account's final DRG on its admission date. A procedure begins when the only
   performed surgery of its stay and date did. */
WITH account_procedures AS (
  SELECT
    a.account_id AS account_id,
    a.primary_csn AS primary_csn,
    a.person_id AS person_id,
    EHR_KEY(EHR_TEXT(a.account_id), x.LINE) AS event_id,
    EHR_TO_DATE(x.PROC_DATE) AS event_date,
    EHR_CODE(c.REF_BILL_CODE) AS code
  FROM HSP_ACCT_PX_LIST AS x
  JOIN accounts AS a ON a.account_id = x.HSP_ACCOUNT_ID
  JOIN CL_ICD_PX AS c ON c.ICD_PX_ID = x.FINAL_ICD_PX_ID
),
procedure_stays AS (
  SELECT
    p.person_id AS person_id,
    s.csn AS csn,
    p.event_id AS event_id,
    p.event_date AS event_date,
    p.code AS code,
    ROW_NUMBER() OVER (
      PARTITION BY p.event_id
      ORDER BY
        CASE
          WHEN EHR_TO_DATE(COALESCE(s.arrived, s.admitted)) <= p.event_date
            AND (s.discharged IS NULL OR EHR_TO_DATE(s.discharged) >= p.event_date) THEN 0
          ELSE 1
        END,
        CASE WHEN s.csn = p.primary_csn THEN 0 ELSE 1 END,
        COALESCE(EHR_TEXT(s.csn), '-')
    ) AS choice
  FROM account_procedures AS p
  LEFT JOIN stays AS s ON s.account_id = p.account_id
)
SELECT
  p.person_id AS person_id,
  EHR_TEXT(p.csn) AS encounter_id,
  p.event_id AS event_id,
  p.event_date AS event_date,
  o.start_time AS event_time,
  'icd10pcs' AS vocabulary,
  p.code AS code
FROM procedure_stays AS p
LEFT JOIN or_starts AS o ON o.csn = p.csn AND o.surgery_date = p.event_date
WHERE p.choice = 1
UNION ALL
SELECT
  a.person_id AS person_id,
  EHR_TEXT(a.primary_csn) AS encounter_id,
  EHR_KEY('drg', EHR_TEXT(a.account_id)) AS event_id,
  a.admission_date AS event_date,
  EHR_NO_TIME() AS event_time,
  'drg' AS vocabulary,
  REPLACE(EHR_CODE(d.DRG_NUMBER), 'MS', '') AS code
FROM accounts AS a
JOIN CLARITY_DRG AS d ON d.DRG_ID = a.drg_id
