/* The standard and the source concept, each as an OMOP number and as its vocabulary's code. Problem
   lists (32840) are left out: they tell what somebody has, not what a visit found. */
WITH condition_concepts AS (
  SELECT EHR_TEXT(t.condition_occurrence_id) AS event_id, EHR_TEXT(t.condition_concept_id) AS concept_id
  FROM CONDITION_OCCURRENCE AS t
  UNION
  SELECT EHR_TEXT(t.condition_occurrence_id) AS event_id, EHR_TEXT(t.condition_source_concept_id) AS concept_id
  FROM CONDITION_OCCURRENCE AS t
),
condition_concepts_coded AS (
  SELECT e.event_id AS event_id, 'omop' AS vocabulary, e.concept_id AS code
  FROM condition_concepts AS e
  WHERE e.concept_id <> '0'
  UNION
  SELECT e.event_id AS event_id, c.vocabulary AS vocabulary, c.code AS code
  FROM condition_concepts AS e
  JOIN concept_codes AS c ON c.concept_id = e.concept_id
  WHERE e.concept_id <> '0'
)
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  c.event_id AS event_id,
  EHR_TO_DATE(t.condition_start_date) AS event_date,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_INTEGER(EHR_NO_TEXT()) AS position,
  EHR_NO_TEXT() AS present_on_admission
FROM condition_concepts_coded AS c
JOIN CONDITION_OCCURRENCE AS t ON EHR_TEXT(t.condition_occurrence_id) = c.event_id
WHERE COALESCE(EHR_TEXT(t.condition_type_concept_id), '0') <> '32840'
