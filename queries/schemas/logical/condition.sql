SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_TEXT(r.event_id) AS event_id,
  EHR_TO_DATE(r.event_date) AS event_date,
  r.vocabulary AS vocabulary,
  EHR_CODE(r.code) AS code,
  EHR_INTEGER(r.position) AS position,
  r.present_on_admission AS present_on_admission
FROM EHRKIT_CONDITION AS r
