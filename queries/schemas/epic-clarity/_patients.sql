/* Every patient record and the person that it stands for: merged-away records lead to the
   surviving one (up to three merges in a row); test patients are left out by flag, name and MRN. */
WITH merges AS (
  SELECT h.PATIENT_MRG_HIST AS old_id, MIN(h.PAT_ID) AS new_id
  FROM PAT_MERGE_HISTORY AS h
  WHERE h.PATIENT_MRG_HIST IS NOT NULL AND h.PATIENT_MRG_HIST <> h.PAT_ID
  GROUP BY h.PATIENT_MRG_HIST
),
patient_records AS (
  SELECT p.PAT_ID AS pat_id FROM PATIENT AS p
  UNION
  SELECT m.old_id AS pat_id FROM merges AS m
),
survivors AS (
  SELECT
    r.pat_id AS pat_id,
    COALESCE(m3.new_id, m2.new_id, m1.new_id, r.pat_id) AS person_id
  FROM patient_records AS r
  LEFT JOIN merges AS m1 ON m1.old_id = r.pat_id
  LEFT JOIN merges AS m2 ON m2.old_id = m1.new_id
  LEFT JOIN merges AS m3 ON m3.old_id = m2.new_id
)
SELECT s.pat_id AS pat_id, s.person_id AS person_id
FROM survivors AS s
JOIN PATIENT AS p ON p.PAT_ID = s.person_id
LEFT JOIN PATIENT_3 AS t ON t.PAT_ID = p.PAT_ID
WHERE COALESCE(t.IS_TEST_PAT_YN, 'N') <> 'Y'
  AND COALESCE(UPPER(p.PAT_NAME), '-') NOT LIKE '%ZZTEST%'
  AND COALESCE(UPPER(p.PAT_MRN_ID), '-') NOT LIKE 'ZZ%'
