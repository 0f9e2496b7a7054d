/* The standard and the source concept, each as an OMOP number and as its vocabulary's code; as `local`
   also the source value where no concept stands for it. Site concepts of images, injections and
   therapy are `local` codes such as MRI_SPINE, EPIDURAL_INJECTION, PHYSICAL_THERAPY on the synthetic
   CDM. The DRG of a stay is kept as an observation or as the value of one. An instant at midnight
   stands for an unknown time. */
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.procedure_occurrence_id) AS event_id,
  EHR_TO_DATE(t.procedure_date) AS event_date,
  CASE
    WHEN EHR_TO_TIME(t.procedure_datetime) <> EHR_TO_TIME(t.procedure_date)
      THEN EHR_TO_TIME(t.procedure_datetime)
  END AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code
FROM PROCEDURE_OCCURRENCE AS t
JOIN concept_codes AS c ON c.concept_id = t.procedure_concept_id
UNION ALL
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.procedure_occurrence_id) AS event_id,
  EHR_TO_DATE(t.procedure_date) AS event_date,
  CASE
    WHEN EHR_TO_TIME(t.procedure_datetime) <> EHR_TO_TIME(t.procedure_date)
      THEN EHR_TO_TIME(t.procedure_datetime)
  END AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code
FROM PROCEDURE_OCCURRENCE AS t
JOIN concept_codes AS c ON c.concept_id = t.procedure_source_concept_id
WHERE COALESCE(EHR_INTEGER(t.procedure_source_concept_id), 0) <> COALESCE(EHR_INTEGER(t.procedure_concept_id), 0)
UNION ALL
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.procedure_occurrence_id) AS event_id,
  EHR_TO_DATE(t.procedure_date) AS event_date,
  CASE
    WHEN EHR_TO_TIME(t.procedure_datetime) <> EHR_TO_TIME(t.procedure_date)
      THEN EHR_TO_TIME(t.procedure_datetime)
  END AS event_time,
  'local' AS vocabulary,
  EHR_CODE(EHR_TEXT(t.procedure_source_value)) AS code
FROM PROCEDURE_OCCURRENCE AS t
WHERE COALESCE(EHR_INTEGER(t.procedure_source_concept_id), 0) = 0
  AND t.procedure_source_value IS NOT NULL
UNION ALL
SELECT
  EHR_TEXT(o.person_id) AS person_id,
  EHR_TEXT(o.visit_occurrence_id) AS encounter_id,
  EHR_KEY('drg', EHR_TEXT(o.observation_id)) AS event_id,
  EHR_TO_DATE(o.observation_date) AS event_date,
  EHR_NO_TIME() AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code
FROM OBSERVATION AS o
JOIN concept_codes AS c ON c.concept_id = o.observation_concept_id AND c.vocabulary = 'drg'
UNION ALL
SELECT
  EHR_TEXT(o.person_id) AS person_id,
  EHR_TEXT(o.visit_occurrence_id) AS encounter_id,
  EHR_KEY('drg', EHR_TEXT(o.observation_id)) AS event_id,
  EHR_TO_DATE(o.observation_date) AS event_date,
  EHR_NO_TIME() AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code
FROM OBSERVATION AS o
JOIN concept_codes AS c ON c.concept_id = o.value_as_concept_id AND c.vocabulary = 'drg'
