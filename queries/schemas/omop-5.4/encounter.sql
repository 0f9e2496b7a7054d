/* 9201 inpatient, 9203 emergency, 9202 outpatient, 581385 observation; 262 is an emergency visit
   that became an admission: one row of each kind with the same encounter_id. A visit of another
   kind that was in the emergency department or under observation (VISIT_DETAIL) is such a row too;
   the rows before the last one were not discharged anywhere. 32220 marks a visit without a
   discharge: its end date is a guess, so there is none. Where a visit led to is read from the words
   of the concept, else of the source. CARE_SITE has no specialty: its name stands for it, such as
   `physical therapy center`; where a visit began in the emergency department and went on, CARE_SITE
   is that department, and the specialty is not known. */
WITH visits AS (
  SELECT
    v.visit_occurrence_id AS visit_id,
    v.person_id AS person_id,
    CASE EHR_TEXT(v.visit_concept_id)
      WHEN '9201' THEN 'inpatient'
      WHEN '262' THEN 'inpatient'
      WHEN '9203' THEN 'emergency'
      WHEN '581385' THEN 'observation'
      WHEN '9202' THEN 'outpatient'
      ELSE 'other'
    END AS kind,
    CASE WHEN EHR_TEXT(v.visit_concept_id) = '262' THEN 1 ELSE 0 END AS admitted,
    COALESCE(EHR_TO_TIME(v.visit_start_datetime), EHR_TO_TIME(v.visit_start_date)) AS start_time,
    CASE
      WHEN COALESCE(EHR_TEXT(v.visit_type_concept_id), '0') <> '32220'
        THEN COALESCE(EHR_TO_TIME(v.visit_end_datetime), EHR_TO_TIME(v.visit_end_date))
    END AS end_time,
    COALESCE(c.concept_name, EHR_TEXT(v.discharged_to_source_value)) AS discharge,
    COALESCE(EHR_TEXT(v.discharged_to_source_value), c.concept_name) AS disposition,
    LOWER(s.care_site_name) AS place,
    u.ward_start AS ward_start,
    u.emergency_start AS emergency_start,
    u.emergency_end AS emergency_end,
    u.observation_start AS observation_start,
    u.observation_end AS observation_end
  FROM VISIT_OCCURRENCE AS v
  LEFT JOIN visit_units AS u ON u.visit_id = v.visit_occurrence_id
  LEFT JOIN CARE_SITE AS s ON s.care_site_id = v.care_site_id
  LEFT JOIN CONCEPT AS c
    ON c.concept_id = v.discharged_to_concept_id AND EHR_INTEGER(c.concept_id) <> 0
),
visit_parts AS (
  SELECT 'own' AS part
  UNION ALL
  SELECT 'emergency' AS part
  UNION ALL
  SELECT 'observation' AS part
),
visit_rows AS (
  SELECT
    v.person_id AS person_id,
    v.visit_id AS visit_id,
    CASE WHEN p.part = 'own' THEN v.kind ELSE p.part END AS kind,
    CASE
      WHEN p.part = 'emergency' THEN COALESCE(v.emergency_start, v.start_time)
      WHEN p.part = 'observation' THEN v.observation_start
      WHEN v.admitted = 1 THEN COALESCE(v.ward_start, v.start_time)
      ELSE v.start_time
    END AS start_time,
    CASE
      WHEN p.part = 'emergency' OR (p.part = 'own' AND v.kind = 'emergency')
        THEN COALESCE(v.emergency_end, v.end_time)
      WHEN p.part = 'observation' OR v.kind = 'observation'
        THEN COALESCE(v.observation_end, v.end_time)
      ELSE v.end_time
    END AS end_time,
    v.disposition AS disposition,
    CASE
      WHEN p.part <> 'own' THEN EHR_NO_TEXT()
      WHEN v.kind = 'emergency' AND v.observation_start IS NOT NULL THEN EHR_NO_TEXT()
      WHEN v.kind <> 'emergency' AND (v.admitted = 1 OR v.emergency_start IS NOT NULL)
        THEN EHR_NO_TEXT()
      ELSE v.place
    END AS specialty,
    CASE
      WHEN p.part = 'own' AND (v.kind <> 'emergency' OR v.observation_start IS NULL) THEN 1
      WHEN p.part = 'observation' AND v.kind = 'emergency' THEN 1
      ELSE 0
    END AS is_last,
    v.discharge AS discharge
  FROM visits AS v
  JOIN visit_parts AS p
    ON p.part = 'own'
    OR (
      p.part = 'emergency' AND v.kind <> 'emergency'
      AND (v.admitted = 1 OR v.emergency_start IS NOT NULL)
    )
    OR (p.part = 'observation' AND v.kind <> 'observation' AND v.observation_start IS NOT NULL)
)
SELECT
  EHR_TEXT(r.person_id) AS person_id,
  EHR_TEXT(r.visit_id) AS encounter_id,
  EHR_TEXT(r.visit_id) AS event_id,
  EHR_TO_DATE(r.start_time) AS event_date,
  EHR_TO_DATE(r.end_time) AS end_date,
  r.start_time AS event_time,
  r.end_time AS end_time,
  r.kind AS kind,
  r.disposition AS disposition,
  CASE WHEN r.is_last = 1 THEN d.discharged_to END AS discharged_to,
  r.specialty AS specialty
FROM visit_rows AS r
LEFT JOIN discharges AS d ON d.disposition = r.discharge
