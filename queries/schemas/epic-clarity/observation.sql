/* Nothing says who was under observation: the first to the last day of any contact that took place. */
SELECT
  c.person_id AS person_id,
  MIN(c.contact_date) AS start_date,
  MAX(EHR_GREATEST(c.contact_date, c.last_date)) AS end_date
FROM contacts AS c
GROUP BY c.person_id
