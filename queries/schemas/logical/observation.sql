SELECT
  r.person_id AS person_id,
  EHR_TO_DATE(r.start_date) AS start_date,
  EHR_TO_DATE(r.end_date) AS end_date
FROM EHRKIT_OBSERVATION AS r
