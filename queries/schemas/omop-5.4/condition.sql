/* The standard and the source concept, each as an OMOP number and as its vocabulary's code. Problem
   lists (32840) are left out: they tell what somebody has, not what a visit found. The status tells
   the primary diagnosis alone (32902; 32903 of a discharge, 32901 of an admission are others); the
   CDM keeps no presence on admission. */
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.condition_occurrence_id) AS event_id,
  EHR_TO_DATE(t.condition_start_date) AS event_date,
  c.vocabulary AS vocabulary,
  c.code AS code,
  CASE WHEN EHR_TEXT(t.condition_status_concept_id) IN ('32902', '32903') THEN 1 END AS position,
  EHR_NO_TEXT() AS present_on_admission
FROM CONDITION_OCCURRENCE AS t
JOIN concept_codes AS c ON c.concept_id = t.condition_concept_id
WHERE COALESCE(EHR_TEXT(t.condition_type_concept_id), '0') <> '32840'
UNION ALL
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.condition_occurrence_id) AS event_id,
  EHR_TO_DATE(t.condition_start_date) AS event_date,
  c.vocabulary AS vocabulary,
  c.code AS code,
  CASE WHEN EHR_TEXT(t.condition_status_concept_id) IN ('32902', '32903') THEN 1 END AS position,
  EHR_NO_TEXT() AS present_on_admission
FROM CONDITION_OCCURRENCE AS t
JOIN concept_codes AS c ON c.concept_id = t.condition_source_concept_id
WHERE COALESCE(EHR_INTEGER(t.condition_source_concept_id), 0) <> COALESCE(EHR_INTEGER(t.condition_concept_id), 0)
  AND COALESCE(EHR_TEXT(t.condition_type_concept_id), '0') <> '32840'
