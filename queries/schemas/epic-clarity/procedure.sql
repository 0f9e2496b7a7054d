/* Coded procedures alone. The schema epic-clarity-billing adds billed HCPCS codes. */
SELECT
  p.person_id AS person_id,
  p.encounter_id AS encounter_id,
  p.event_id AS event_id,
  p.event_date AS event_date,
  p.event_time AS event_time,
  p.vocabulary AS vocabulary,
  p.code AS code
FROM coded_procedures AS p
