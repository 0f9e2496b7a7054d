SELECT
  r.person_id AS person_id,
  EHR_NO_TEXT() AS encounter_id,
  EHR_TEXT(r.event_id) AS event_id,
  EHR_TO_DATE(r.event_date) AS event_date,
  r.steps AS steps,
  r.wear_minutes AS wear_minutes,
  r.valid AS valid
FROM DEVICE_ROWS AS r
