/* Emergency visits by any of the four signals; hospital stays by class; clinic visits, which end on
   their day. An emergency visit that became an admission or an observation is two rows of one
   encounter_id: the emergency row was not discharged anywhere, and its unit is not known. Otherwise
   the specialty is that of the last unit. Observation starts with the base class outpatient. */
WITH stay_parts AS (
  SELECT 'emergency' AS part
  UNION ALL
  SELECT 'stay' AS part
),
stay_rows AS (
  SELECT
    s.person_id AS person_id,
    s.csn AS csn,
    CASE WHEN p.part = 'emergency' THEN 'emergency' ELSE s.stay_kind END AS kind,
    CASE
      WHEN p.part = 'emergency' THEN COALESCE(s.arrived, s.emergency_from, s.admitted)
      WHEN s.stay_kind = 'observation' THEN COALESCE(s.outpatient_from, s.admitted, s.arrived)
      ELSE COALESCE(s.inpatient_from, s.admitted, s.arrived)
    END AS start_time,
    CASE
      WHEN p.part = 'emergency' AND s.stay_kind = 'observation'
        THEN COALESCE(s.ed_left, s.outpatient_from, s.discharged)
      WHEN p.part = 'emergency' THEN COALESCE(s.ed_left, s.inpatient_from, s.discharged)
      ELSE s.discharged
    END AS end_time,
    CASE WHEN p.part = 'emergency' THEN e.NAME END AS ed_disposition,
    s.disposition_id AS disposition_id,
    CASE WHEN p.part = 'stay' OR s.stay_kind = 'emergency' THEN 1 ELSE 0 END AS is_last,
    s.department_id AS department_id
  FROM signalled_stays AS s
  JOIN stay_parts AS p
    ON (p.part = 'emergency' AND s.signals > 0) OR (p.part = 'stay' AND s.stay_kind <> 'emergency')
  LEFT JOIN ZC_ED_DISPOSITION AS e
    ON EHR_TEXT(e.ED_DISPOSITION_C) = EHR_TEXT(s.ed_disposition_id)
),
all_rows AS (
  SELECT
    r.person_id AS person_id,
    r.csn AS csn,
    r.kind AS kind,
    r.start_time AS start_time,
    EHR_TO_DATE(r.end_time) AS end_date,
    r.end_time AS end_time,
    COALESCE(r.ed_disposition, z.NAME) AS disposition,
    CASE WHEN r.is_last = 1 THEN d.discharged_to END AS discharged_to,
    CASE WHEN r.is_last = 1 THEN r.department_id END AS department_id
  FROM stay_rows AS r
  LEFT JOIN ZC_DISCH_DISP AS z ON EHR_TEXT(z.DISCH_DISP_C) = EHR_TEXT(r.disposition_id)
  LEFT JOIN discharges AS d ON d.disposition = z.NAME
  UNION ALL
  SELECT
    v.person_id AS person_id,
    v.csn AS csn,
    v.kind AS kind,
    v.start_time AS start_time,
    EHR_TO_DATE(v.start_time) AS end_date,
    EHR_NO_TIME() AS end_time,
    EHR_NO_TEXT() AS disposition,
    EHR_NO_TEXT() AS discharged_to,
    v.department_id AS department_id
  FROM clinic_visits AS v
)
SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.csn) AS encounter_id,
  EHR_TEXT(r.csn) AS event_id,
  EHR_TO_DATE(r.start_time) AS event_date,
  r.end_date AS end_date,
  r.start_time AS event_time,
  r.end_time AS end_time,
  r.kind AS kind,
  r.disposition AS disposition,
  r.discharged_to AS discharged_to,
  LOWER(p.SPECIALTY) AS specialty
FROM all_rows AS r
LEFT JOIN CLARITY_DEP AS p ON p.DEPARTMENT_ID = r.department_id
