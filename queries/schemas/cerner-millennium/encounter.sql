/* Emergency visits by any of the four signals; other encounters by class, telephone calls by the
   display of their type. Those of class Outpatient that were in no unit are clinic visits, which end
   on their day; recurring ones are of another class. An emergency visit that became an admission or
   an observation is two rows of one encounter_id: the emergency row was not discharged anywhere, and
   its service is not known. Otherwise the specialty is the last medical service. Observation starts
   with the first stage of that type. */
WITH registration_parts AS (
  SELECT 'emergency' AS part
  UNION ALL
  SELECT 'stay' AS part
),
all_rows AS (
  SELECT
    r.person_id AS person_id,
    EHR_TEXT(EHR_INTEGER(r.encounter_key)) AS encounter_id,
    CASE
      WHEN p.part = 'emergency' THEN 'emergency'
      WHEN r.stay_kind = 'outpatient' AND LOWER(t.display) LIKE '%phone%' THEN 'other'
      ELSE r.stay_kind
    END AS kind,
    CASE
      WHEN p.part = 'emergency' THEN COALESCE(r.arrived, r.registered)
      WHEN r.stay_kind = 'observation' THEN COALESCE(r.observed_from, r.registered, r.arrived)
      ELSE COALESCE(r.admitted, r.registered, r.arrived)
    END AS start_time,
    CASE
      WHEN p.part = 'emergency' AND r.stay_kind = 'observation'
        THEN COALESCE(r.checked_out, r.observed_from, r.discharged)
      WHEN p.part = 'emergency' THEN COALESCE(r.checked_out, r.admitted, r.discharged)
      ELSE r.discharged
    END AS end_time,
    CASE WHEN r.class_meaning = 'OUTPATIENT' AND r.placed = 0 THEN 1 ELSE 0 END AS one_day,
    CASE
      WHEN p.part = 'emergency' THEN COALESCE(r.board_disposition, d.display)
      ELSE d.display
    END AS disposition,
    CASE WHEN p.part = 'stay' OR r.stay_kind = 'emergency' THEN d.display END AS discharge,
    CASE WHEN p.part = 'stay' OR r.stay_kind = 'emergency' THEN LOWER(v.display) END AS specialty
  FROM signalled_registrations AS r
  JOIN registration_parts AS p
    ON (p.part = 'emergency' AND r.signals > 0) OR (p.part = 'stay' AND r.stay_kind <> 'emergency')
  LEFT JOIN code_values AS t ON t.code_value = r.type_id
  LEFT JOIN code_values AS d ON d.code_value = r.disposition_id
  LEFT JOIN code_values AS v ON v.code_value = r.service_id
)
SELECT
  a.person_id AS person_id,
  a.encounter_id AS encounter_id,
  a.encounter_id AS event_id,
  EHR_TO_DATE(a.start_time) AS event_date,
  EHR_TO_DATE(COALESCE(a.end_time, CASE WHEN a.one_day = 1 THEN a.start_time END)) AS end_date,
  a.start_time AS event_time,
  a.end_time AS end_time,
  a.kind AS kind,
  a.disposition AS disposition,
  g.discharged_to AS discharged_to,
  a.specialty AS specialty
FROM all_rows AS a
LEFT JOIN discharges AS g ON g.disposition = a.discharge
