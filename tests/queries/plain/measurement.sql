SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_TEXT(r.event_id) AS event_id,
  EHR_TO_DATE(r.event_time) AS event_date,
  CASE WHEN COALESCE(r.untimed, 0) = 0 THEN EHR_TO_TIME(r.event_time) END AS event_time,
  r.vocabulary AS vocabulary,
  EHR_CODE(r.code) AS code,
  r.value_number AS value_number,
  r.value_text AS value_text,
  r.unit AS unit
FROM MEASUREMENT_ROWS AS r
