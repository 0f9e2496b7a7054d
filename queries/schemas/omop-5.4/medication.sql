/* The standard and the source concept, each as an OMOP number and as its vocabulary's code. */
WITH medication_concepts AS (
  SELECT EHR_TEXT(t.drug_exposure_id) AS event_id, EHR_TEXT(t.drug_concept_id) AS concept_id
  FROM DRUG_EXPOSURE AS t
  UNION
  SELECT EHR_TEXT(t.drug_exposure_id) AS event_id, EHR_TEXT(t.drug_source_concept_id) AS concept_id
  FROM DRUG_EXPOSURE AS t
),
medication_concepts_coded AS (
  SELECT e.event_id AS event_id, 'omop' AS vocabulary, e.concept_id AS code
  FROM medication_concepts AS e
  WHERE e.concept_id <> '0'
  UNION
  SELECT e.event_id AS event_id, c.vocabulary AS vocabulary, c.code AS code
  FROM medication_concepts AS e
  JOIN concept_codes AS c ON c.concept_id = e.concept_id
  WHERE e.concept_id <> '0'
)
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  c.event_id AS event_id,
  EHR_TO_DATE(t.drug_exposure_start_date) AS event_date,
  EHR_TO_DATE(t.drug_exposure_end_date) AS end_date,
  EHR_NO_TIME() AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_TEXT(t.drug_source_value) AS name,
  EHR_NO_TEXT() AS setting,
  EHR_NO_NUMBER() AS quantity,
  EHR_INTEGER(EHR_NO_TEXT()) AS days_supply,
  EHR_NO_NUMBER() AS strength,
  EHR_NO_TEXT() AS strength_unit
FROM medication_concepts_coded AS c
JOIN DRUG_EXPOSURE AS t ON EHR_TEXT(t.drug_exposure_id) = c.event_id
