/* Coded procedures, and what was ordered and done. epic-clarity-billing adds billed HCPCS codes. */
SELECT
  p.person_id AS person_id,
  p.encounter_id AS encounter_id,
  p.event_id AS event_id,
  p.event_date AS event_date,
  p.event_time AS event_time,
  p.vocabulary AS vocabulary,
  p.code AS code
FROM coded_procedures AS p
UNION ALL
SELECT
  o.person_id AS person_id,
  o.encounter_id AS encounter_id,
  o.event_id AS event_id,
  o.event_date AS event_date,
  o.event_time AS event_time,
  o.vocabulary AS vocabulary,
  o.code AS code
FROM ordered_procedures AS o
