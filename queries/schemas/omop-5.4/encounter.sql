/* 9201 inpatient, 9203 emergency, 9202 outpatient, 581385 observation; 262 is an emergency visit
   that became an admission: one row of each kind with the same encounter_id. */
WITH visit_kinds AS (
  SELECT
    EHR_TEXT(v.visit_occurrence_id) AS visit_id,
    CASE EHR_TEXT(v.visit_concept_id)
      WHEN '9201' THEN 'inpatient'
      WHEN '262' THEN 'inpatient'
      WHEN '9203' THEN 'emergency'
      WHEN '581385' THEN 'observation'
      WHEN '9202' THEN 'outpatient'
      ELSE 'other'
    END AS kind
  FROM VISIT_OCCURRENCE AS v
  UNION ALL
  SELECT EHR_TEXT(v.visit_occurrence_id) AS visit_id, 'emergency' AS kind
  FROM VISIT_OCCURRENCE AS v
  WHERE EHR_TEXT(v.visit_concept_id) = '262'
)
SELECT
  EHR_TEXT(v.person_id) AS person_id,
  k.visit_id AS encounter_id,
  k.visit_id AS event_id,
  EHR_TO_DATE(v.visit_start_date) AS event_date,
  EHR_TO_DATE(v.visit_end_date) AS end_date,
  k.kind AS kind,
  COALESCE(EHR_TO_TIME(v.visit_start_datetime), EHR_TO_TIME(v.visit_start_date)) AS start_time,
  COALESCE(EHR_TO_TIME(v.visit_end_datetime), EHR_TO_TIME(v.visit_end_date)) AS end_time,
  EHR_TEXT(v.discharged_to_concept_id) AS disposition
FROM visit_kinds AS k
JOIN VISIT_OCCURRENCE AS v ON EHR_TEXT(v.visit_occurrence_id) = k.visit_id
