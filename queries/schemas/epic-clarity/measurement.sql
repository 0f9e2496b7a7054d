/* Laboratory results, bedside measurements, body size, smoking status and scores of questionnaires.
   Units are those in which the chart keeps the value: ounces, inches, Fahrenheit. */
WITH timed AS (
  SELECT l.* FROM lab_results AS l
  UNION ALL
  SELECT f.* FROM flowsheet_values AS f
)
SELECT
  t.person_id AS person_id,
  t.encounter_id AS encounter_id,
  t.event_id AS event_id,
  EHR_TO_DATE(t.event_time) AS event_date,
  t.event_time AS event_time,
  t.vocabulary AS vocabulary,
  t.code AS code,
  t.value_number AS value_number,
  t.value_text AS value_text,
  t.unit AS unit
FROM timed AS t
UNION ALL
SELECT
  v.person_id AS person_id,
  v.encounter_id AS encounter_id,
  v.event_id AS event_id,
  v.event_date AS event_date,
  EHR_NO_TIME() AS event_time,
  'loinc' AS vocabulary,
  v.code AS code,
  v.value_number AS value_number,
  v.value_text AS value_text,
  v.unit AS unit
FROM visit_sizes AS v
UNION ALL
SELECT
  h.person_id AS person_id,
  h.encounter_id AS encounter_id,
  h.event_id AS event_id,
  h.event_date AS event_date,
  EHR_NO_TIME() AS event_time,
  'loinc' AS vocabulary,
  h.code AS code,
  EHR_NO_NUMBER() AS value_number,
  h.value_text AS value_text,
  EHR_NO_TEXT() AS unit
FROM social_histories AS h
UNION ALL
SELECT
  s.person_id AS person_id,
  s.encounter_id AS encounter_id,
  s.event_id AS event_id,
  s.event_date AS event_date,
  EHR_NO_TIME() AS event_time,
  'local' AS vocabulary,
  s.code AS code,
  EHR_NUMBER(s.value_text) AS value_number,
  s.value_text AS value_text,
  s.unit AS unit
FROM patient_scores AS s
