/* Nothing says who was under observation: the first to the last day of any encounter. */
SELECT
  e.person_id AS person_id,
  MIN(e.event_date) AS start_date,
  MAX(EHR_GREATEST(e.event_date, e.end_date)) AS end_date
FROM encounters AS e
GROUP BY e.person_id
