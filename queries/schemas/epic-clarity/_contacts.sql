/* Every contact that took place, with its person and first day. */
SELECT
  s.csn AS csn,
  s.person_id AS person_id,
  EHR_TO_DATE(COALESCE(s.arrived, s.admitted)) AS contact_date
FROM stays AS s
UNION ALL
SELECT v.csn AS csn, v.person_id AS person_id, v.visit_date AS contact_date
FROM clinic_visits AS v
