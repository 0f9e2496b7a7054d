/* The standard and the source concept, each as an OMOP number and as its vocabulary's code. The number is in
   the unit that the concept names; the unit of the source is told only where there is no concept. */
WITH measurement_concepts AS (
  SELECT EHR_TEXT(t.measurement_id) AS event_id, EHR_TEXT(t.measurement_concept_id) AS concept_id
  FROM MEASUREMENT AS t
  UNION
  SELECT EHR_TEXT(t.measurement_id) AS event_id, EHR_TEXT(t.measurement_source_concept_id) AS concept_id
  FROM MEASUREMENT AS t
),
measurement_concepts_coded AS (
  SELECT e.event_id AS event_id, 'omop' AS vocabulary, e.concept_id AS code
  FROM measurement_concepts AS e
  WHERE e.concept_id <> '0'
  UNION
  SELECT e.event_id AS event_id, c.vocabulary AS vocabulary, c.code AS code
  FROM measurement_concepts AS e
  JOIN concept_codes AS c ON c.concept_id = e.concept_id
  WHERE e.concept_id <> '0'
)
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  c.event_id AS event_id,
  EHR_TO_DATE(t.measurement_date) AS event_date,
  EHR_TO_TIME(t.measurement_datetime) AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_NUMBER(t.value_as_number) AS value_number,
  EHR_TEXT(t.value_source_value) AS value_text,
  COALESCE(u.concept_code, EHR_TEXT(t.unit_source_value)) AS unit
FROM measurement_concepts_coded AS c
JOIN MEASUREMENT AS t ON EHR_TEXT(t.measurement_id) = c.event_id
LEFT JOIN CONCEPT AS u
  ON EHR_TEXT(u.concept_id) = EHR_TEXT(t.unit_concept_id) AND EHR_TEXT(u.concept_id) <> '0'
