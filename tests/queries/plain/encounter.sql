SELECT
  r.person_id AS person_id,
  r.encounter_id AS encounter_id,
  r.encounter_id AS event_id,
  EHR_TO_DATE(r.start_time) AS event_date,
  EHR_TO_DATE(r.end_time) AS end_date,
  r.kind AS kind,
  EHR_TO_TIME(r.start_time) AS start_time,
  EHR_TO_TIME(r.end_time) AS end_time,
  EHR_NO_TEXT() AS disposition
FROM ENCOUNTER_ROWS AS r
