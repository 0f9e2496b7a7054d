/* Emergency visits by any of the four signals; hospital stays by class; clinic visits. An emergency
   visit that became an admission is an emergency row and an inpatient row of one encounter_id. */
WITH emergency_rows AS (
  SELECT
    s.person_id AS person_id,
    s.csn AS csn,
    'emergency' AS kind,
    COALESCE(s.arrived, s.emergency_from, s.admitted) AS start_time,
    COALESCE(s.ed_left, s.inpatient_from, s.discharged) AS end_time,
    COALESCE(s.ed_disposition, s.disposition) AS disposition
  FROM ed_signals AS g
  JOIN stays AS s ON s.csn = g.encounter_id
),
stay_rows AS (
  SELECT
    s.person_id AS person_id,
    s.csn AS csn,
    CASE
      WHEN s.inpatient_from IS NOT NULL OR s.class_name IN ('inpatient', 'newborn') THEN 'inpatient'
      WHEN s.class_name = 'observation' THEN 'observation'
      WHEN g.encounter_id IS NOT NULL THEN 'emergency'
      WHEN s.class_name = 'specimen' THEN 'other'
      ELSE 'outpatient'
    END AS kind,
    COALESCE(s.inpatient_from, s.admitted, s.arrived) AS start_time,
    s.discharged AS end_time,
    s.disposition AS disposition
  FROM stays AS s
  LEFT JOIN ed_signals AS g ON g.encounter_id = s.csn
),
all_rows AS (
  SELECT e.* FROM emergency_rows AS e
  UNION ALL
  SELECT s.* FROM stay_rows AS s WHERE s.kind <> 'emergency'
  UNION ALL
  SELECT
    v.person_id AS person_id,
    v.csn AS csn,
    v.kind AS kind,
    v.start_time AS start_time,
    EHR_NO_TIME() AS end_time,
    EHR_NO_TEXT() AS disposition
  FROM clinic_visits AS v
)
SELECT
  r.person_id AS person_id,
  r.csn AS encounter_id,
  r.csn AS event_id,
  EHR_TO_DATE(r.start_time) AS event_date,
  EHR_TO_DATE(r.end_time) AS end_date,
  r.start_time AS event_time,
  r.end_time AS end_time,
  r.kind AS kind,
  r.disposition AS disposition,
  EHR_NO_TEXT() AS discharged_to,
  EHR_NO_TEXT() AS specialty
FROM all_rows AS r
