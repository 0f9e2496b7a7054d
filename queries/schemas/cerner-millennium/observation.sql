/* Nothing says who was under observation: the first to the last day of any encounter that took place. */
SELECT
  r.person_id AS person_id,
  EHR_TO_DATE(MIN(EHR_LEAST(r.arrived, EHR_LEAST(r.registered, r.admitted)))) AS start_date,
  EHR_TO_DATE(MAX(EHR_GREATEST(r.discharged, COALESCE(r.registered, r.arrived)))) AS end_date
FROM registrations AS r
GROUP BY r.person_id
