SELECT
  EHR_TEXT(n.person_id) AS person_id,
  EHR_TEXT(n.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(n.note_id) AS event_id,
  EHR_TO_DATE(n.note_date) AS event_date,
  EHR_TEXT(n.note_title) AS kind,
  1 AS line,
  n.note_text AS note_text
FROM NOTE AS n
