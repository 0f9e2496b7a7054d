/* Emergency visits by any of the four signals; other encounters by class. An emergency visit that
   became an admission is an emergency row and an inpatient row of one encounter_id. */
WITH emergency_rows AS (
  SELECT
    r.person_id AS person_id,
    r.encounter_id AS encounter_id,
    'emergency' AS kind,
    COALESCE(r.arrived, r.registered) AS start_time,
    COALESCE(b.checked_out, r.admitted, r.discharged) AS end_time,
    COALESCE(b.disposition, r.disposition) AS disposition
  FROM ed_signals AS g
  JOIN registrations AS r ON r.encounter_id = g.encounter_id
  LEFT JOIN ed_checkins AS b ON b.encounter_id = r.encounter_id
),
other_rows AS (
  SELECT
    r.person_id AS person_id,
    r.encounter_id AS encounter_id,
    CASE
      WHEN r.admitted IS NOT NULL OR r.class_meaning = 'INPATIENT' THEN 'inpatient'
      WHEN r.class_meaning = 'OBSERVATION' THEN 'observation'
      WHEN g.encounter_id IS NOT NULL THEN 'emergency'
      WHEN r.type_name LIKE '%phone%' THEN 'other'
      ELSE 'outpatient'
    END AS kind,
    COALESCE(r.admitted, r.registered, r.arrived) AS start_time,
    r.discharged AS end_time,
    r.disposition AS disposition
  FROM registrations AS r
  LEFT JOIN ed_signals AS g ON g.encounter_id = r.encounter_id
),
all_rows AS (
  SELECT e.* FROM emergency_rows AS e
  UNION ALL
  SELECT o.* FROM other_rows AS o WHERE o.kind <> 'emergency'
)
SELECT
  a.person_id AS person_id,
  a.encounter_id AS encounter_id,
  a.encounter_id AS event_id,
  EHR_TO_DATE(a.start_time) AS event_date,
  EHR_TO_DATE(a.end_time) AS end_date,
  a.start_time AS event_time,
  a.end_time AS end_time,
  a.kind AS kind,
  a.disposition AS disposition,
  EHR_NO_TEXT() AS discharged_to,
  EHR_NO_TEXT() AS specialty
FROM all_rows AS a
