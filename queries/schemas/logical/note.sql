SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_TEXT(r.event_id) AS event_id,
  EHR_TO_DATE(r.event_date) AS event_date,
  r.kind AS kind,
  EHR_INTEGER(r.line) AS line,
  r.note_text AS note_text
FROM EHRKIT_NOTE AS r
