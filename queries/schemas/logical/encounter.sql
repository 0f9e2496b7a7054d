SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_TEXT(r.event_id) AS event_id,
  EHR_TO_DATE(r.event_date) AS event_date,
  EHR_TO_DATE(r.end_date) AS end_date,
  EHR_TO_TIME(r.event_time) AS event_time,
  EHR_TO_TIME(r.end_time) AS end_time,
  r.kind AS kind,
  r.disposition AS disposition,
  r.discharged_to AS discharged_to,
  r.specialty AS specialty
FROM EHRKIT_ENCOUNTER AS r
