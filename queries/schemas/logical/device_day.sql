SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_TEXT(r.event_id) AS event_id,
  EHR_TO_DATE(r.event_date) AS event_date,
  EHR_INTEGER(r.steps) AS steps,
  EHR_INTEGER(r.wear_minutes) AS wear_minutes,
  EHR_INTEGER(r.valid) AS valid
FROM EHRKIT_DEVICE_DAY AS r
