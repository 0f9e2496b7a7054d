/* The standard and the source concept, each as an OMOP number and as its vocabulary's code; site
   concepts of questionnaires are `local` codes such as PROMIS-PF and ODI. The number is in the unit
   that the concept names; the unit of the source is told only where there is no concept. Smoking
   status and other answers with a LOINC code are kept as observations. */
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.measurement_id) AS event_id,
  EHR_TO_DATE(t.measurement_date) AS event_date,
  EHR_TO_TIME(t.measurement_datetime) AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_NUMBER(t.value_as_number) AS value_number,
  EHR_TEXT(t.value_source_value) AS value_text,
  COALESCE(u.concept_code, EHR_TEXT(t.unit_source_value)) AS unit
FROM MEASUREMENT AS t
JOIN concept_codes AS c ON c.concept_id = t.measurement_concept_id
LEFT JOIN CONCEPT AS u
  ON u.concept_id = t.unit_concept_id AND EHR_INTEGER(u.concept_id) <> 0
UNION ALL
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.measurement_id) AS event_id,
  EHR_TO_DATE(t.measurement_date) AS event_date,
  EHR_TO_TIME(t.measurement_datetime) AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_NUMBER(t.value_as_number) AS value_number,
  EHR_TEXT(t.value_source_value) AS value_text,
  COALESCE(u.concept_code, EHR_TEXT(t.unit_source_value)) AS unit
FROM MEASUREMENT AS t
JOIN concept_codes AS c ON c.concept_id = t.measurement_source_concept_id
LEFT JOIN CONCEPT AS u
  ON u.concept_id = t.unit_concept_id AND EHR_INTEGER(u.concept_id) <> 0
WHERE COALESCE(EHR_INTEGER(t.measurement_source_concept_id), 0) <> COALESCE(EHR_INTEGER(t.measurement_concept_id), 0)
UNION ALL
SELECT
  EHR_TEXT(o.person_id) AS person_id,
  EHR_TEXT(o.visit_occurrence_id) AS encounter_id,
  EHR_KEY('observation', EHR_TEXT(o.observation_id)) AS event_id,
  EHR_TO_DATE(o.observation_date) AS event_date,
  EHR_TO_TIME(o.observation_datetime) AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_NUMBER(o.value_as_number) AS value_number,
  COALESCE(EHR_TEXT(o.value_as_string), v.concept_name) AS value_text,
  EHR_NO_TEXT() AS unit
FROM OBSERVATION AS o
JOIN concept_codes AS c ON c.concept_id = o.observation_concept_id AND c.vocabulary = 'loinc'
LEFT JOIN CONCEPT AS v
  ON v.concept_id = o.value_as_concept_id AND EHR_INTEGER(v.concept_id) <> 0
