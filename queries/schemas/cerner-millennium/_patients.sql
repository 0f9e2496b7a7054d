/* Every person record and the person that it stands for: combined records lead to the surviving
   one (up to three combines in a row). A combine that was undone is inactive, and one that names an
   encounter moved that encounter alone. Test patients are left out by name. */
WITH combines AS (
  SELECT c.FROM_PERSON_ID AS old_id, MIN(c.TO_PERSON_ID) AS new_id
  FROM PERSON_COMBINE AS c
  WHERE EHR_INTEGER(c.ACTIVE_IND) = 1
    AND COALESCE(EHR_INTEGER(c.ENCNTR_ID), 0) = 0
    AND c.FROM_PERSON_ID <> c.TO_PERSON_ID
  GROUP BY c.FROM_PERSON_ID
),
person_records AS (
  SELECT p.PERSON_ID AS record_id FROM PERSON AS p
  UNION
  SELECT c.old_id AS record_id FROM combines AS c
),
survivors AS (
  SELECT
    r.record_id AS record_id,
    COALESCE(c3.new_id, c2.new_id, c1.new_id, r.record_id) AS survivor_id
  FROM person_records AS r
  LEFT JOIN combines AS c1 ON c1.old_id = r.record_id
  LEFT JOIN combines AS c2 ON c2.old_id = c1.new_id
  LEFT JOIN combines AS c3 ON c3.old_id = c2.new_id
)
SELECT
  s.record_id AS record_id,
  s.survivor_id AS survivor_id,
  EHR_TEXT(EHR_INTEGER(s.survivor_id)) AS person_id
FROM survivors AS s
JOIN PERSON AS p ON p.PERSON_ID = s.survivor_id
WHERE EHR_INTEGER(p.ACTIVE_IND) = 1
  AND EHR_TO_DATE(p.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
  AND COALESCE(UPPER(p.NAME_LAST_KEY), '-') NOT LIKE '%ZZTEST%'
