SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_TEXT(r.encounter_id) AS event_id,
  EHR_TO_DATE(r.event_time) AS event_date,
  EHR_TO_DATE(r.end_time) AS end_date,
  CASE WHEN COALESCE(r.untimed, 0) = 0 THEN EHR_TO_TIME(r.event_time) END AS event_time,
  CASE WHEN COALESCE(r.untimed, 0) = 0 THEN EHR_TO_TIME(r.end_time) END AS end_time,
  r.kind AS kind,
  r.disposition AS disposition,
  r.discharged_to AS discharged_to,
  r.specialty AS specialty
FROM ENCOUNTER_ROWS AS r
