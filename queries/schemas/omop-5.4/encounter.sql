/* 9201 inpatient, 9203 emergency, 9202 outpatient, 581385 observation; 262 is an emergency visit
   that became an admission: one row of each kind with the same encounter_id. A visit of another
   kind that was in the emergency department or under observation (VISIT_DETAIL) is such a row too.
   32220 marks a visit without a discharge: its end date is a guess, so there is none. */
WITH visits AS (
  SELECT
    EHR_TEXT(v.visit_occurrence_id) AS visit_id,
    EHR_TEXT(v.person_id) AS person_id,
    CASE EHR_TEXT(v.visit_concept_id)
      WHEN '9201' THEN 'inpatient'
      WHEN '262' THEN 'inpatient'
      WHEN '9203' THEN 'emergency'
      WHEN '581385' THEN 'observation'
      WHEN '9202' THEN 'outpatient'
      ELSE 'other'
    END AS kind,
    CASE WHEN EHR_TEXT(v.visit_concept_id) = '262' THEN 1 ELSE 0 END AS admitted_emergency,
    COALESCE(EHR_TO_TIME(v.visit_start_datetime), EHR_TO_TIME(v.visit_start_date)) AS start_time,
    CASE
      WHEN COALESCE(EHR_TEXT(v.visit_type_concept_id), '0') <> '32220'
        THEN COALESCE(EHR_TO_TIME(v.visit_end_datetime), EHR_TO_TIME(v.visit_end_date))
    END AS end_time,
    COALESCE(v.discharged_to_source_value, c.concept_name) AS disposition
  FROM VISIT_OCCURRENCE AS v
  LEFT JOIN CONCEPT AS c
    ON EHR_TEXT(c.concept_id) = EHR_TEXT(v.discharged_to_concept_id)
    AND EHR_TEXT(c.concept_id) <> '0'
),
visit_kinds AS (
  SELECT v.visit_id AS visit_id, v.kind AS kind FROM visits AS v
  UNION
  SELECT v.visit_id AS visit_id, 'emergency' AS kind
  FROM visits AS v
  WHERE v.admitted_emergency = 1
  UNION
  SELECT u.visit_id AS visit_id, u.kind AS kind
  FROM visit_units AS u
  WHERE u.kind IN ('emergency', 'observation')
),
visit_times AS (
  SELECT
    v.person_id AS person_id,
    k.visit_id AS visit_id,
    k.kind AS kind,
    CASE
      WHEN k.kind = v.kind AND v.admitted_emergency = 0 THEN v.start_time
      ELSE COALESCE(u.start_time, v.start_time)
    END AS start_time,
    CASE
      WHEN k.kind IN ('emergency', 'observation') THEN COALESCE(u.end_time, v.end_time)
      ELSE v.end_time
    END AS end_time,
    v.disposition AS disposition
  FROM visit_kinds AS k
  JOIN visits AS v ON v.visit_id = k.visit_id
  LEFT JOIN visit_units AS u ON u.visit_id = k.visit_id AND u.kind = k.kind
)
SELECT
  t.person_id AS person_id,
  t.visit_id AS encounter_id,
  t.visit_id AS event_id,
  EHR_TO_DATE(t.start_time) AS event_date,
  EHR_TO_DATE(t.end_time) AS end_date,
  t.start_time AS event_time,
  t.end_time AS end_time,
  t.kind AS kind,
  t.disposition AS disposition,
  EHR_NO_TEXT() AS discharged_to,
  EHR_NO_TEXT() AS specialty
FROM visit_times AS t
