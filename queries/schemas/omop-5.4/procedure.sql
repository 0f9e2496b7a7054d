/* The standard and the source concept, each as an OMOP number and as its vocabulary's code; and the
   DRG of a stay, which OMOP keeps as an observation or as the value of one. */
WITH procedure_concepts AS (
  SELECT EHR_TEXT(t.procedure_occurrence_id) AS event_id, EHR_TEXT(t.procedure_concept_id) AS concept_id
  FROM PROCEDURE_OCCURRENCE AS t
  UNION
  SELECT EHR_TEXT(t.procedure_occurrence_id) AS event_id, EHR_TEXT(t.procedure_source_concept_id) AS concept_id
  FROM PROCEDURE_OCCURRENCE AS t
),
procedure_concepts_coded AS (
  SELECT e.event_id AS event_id, 'omop' AS vocabulary, e.concept_id AS code
  FROM procedure_concepts AS e
  WHERE e.concept_id <> '0'
  UNION
  SELECT e.event_id AS event_id, c.vocabulary AS vocabulary, c.code AS code
  FROM procedure_concepts AS e
  JOIN concept_codes AS c ON c.concept_id = e.concept_id
  WHERE e.concept_id <> '0'
),
drg_observations AS (
  SELECT EHR_TEXT(o.observation_id) AS event_id, EHR_TEXT(o.observation_concept_id) AS concept_id
  FROM OBSERVATION AS o
  UNION
  SELECT EHR_TEXT(o.observation_id) AS event_id, EHR_TEXT(o.value_as_concept_id) AS concept_id
  FROM OBSERVATION AS o
)
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  c.event_id AS event_id,
  EHR_TO_DATE(t.procedure_date) AS event_date,
  EHR_NO_TIME() AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code
FROM procedure_concepts_coded AS c
JOIN PROCEDURE_OCCURRENCE AS t ON EHR_TEXT(t.procedure_occurrence_id) = c.event_id
UNION ALL
SELECT
  EHR_TEXT(o.person_id) AS person_id,
  EHR_TEXT(o.visit_occurrence_id) AS encounter_id,
  EHR_KEY('drg', d.event_id) AS event_id,
  EHR_TO_DATE(o.observation_date) AS event_date,
  EHR_NO_TIME() AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code
FROM drg_observations AS d
JOIN concept_codes AS c ON c.concept_id = d.concept_id AND c.vocabulary = 'drg'
JOIN OBSERVATION AS o ON EHR_TEXT(o.observation_id) = d.event_id
