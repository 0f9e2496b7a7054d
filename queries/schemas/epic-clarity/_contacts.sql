/* Every contact that took place, with its person, first day and, where known, its last. */
SELECT
  s.csn AS csn,
  s.person_id AS person_id,
  EHR_TO_DATE(COALESCE(s.arrived, s.admitted)) AS contact_date,
  EHR_TO_DATE(s.discharged) AS last_date
FROM stays AS s
UNION ALL
SELECT
  v.csn AS csn,
  v.person_id AS person_id,
  v.visit_date AS contact_date,
  EHR_NO_DATE() AS last_date
FROM clinic_visits AS v
