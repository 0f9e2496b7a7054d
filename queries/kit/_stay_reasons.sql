/*
Why each stay was: planned, in the order of the CMS Planned Readmission Algorithm (always for
some procedures and principal diagnoses, for others only where no principal diagnosis is acute),
and excluded by its principal diagnosis. A stay has the codes of all its encounters.
*/
WITH stay_encounters AS (
  SELECT DISTINCT
    s.person_id AS person_id, s.stay_number AS stay_number, s.encounter_id AS encounter_id
  FROM bed_stays AS s
),
stay_procedures AS (
  SELECT
    s.person_id AS person_id,
    s.stay_number AS stay_number,
    MAX(CASE WHEN EHR_IN_CODES(x, :always_planned_procedure) THEN 1 ELSE 0 END) AS always_planned,
    MAX(CASE WHEN EHR_IN_CODES(x, :planned_procedure) THEN 1 ELSE 0 END) AS perhaps_planned
  FROM stay_encounters AS s
  JOIN procedures AS x ON x.person_id = s.person_id AND x.encounter_id = s.encounter_id
  GROUP BY s.person_id, s.stay_number
),
stay_diagnoses AS (
  SELECT
    s.person_id AS person_id,
    s.stay_number AS stay_number,
    MAX(CASE WHEN EHR_IN_CODES(c, :always_planned_diagnosis) THEN 1 ELSE 0 END) AS always_planned,
    MAX(CASE WHEN EHR_IN_CODES(c, :acute_diagnosis) THEN 1 ELSE 0 END) AS acute,
    MAX(CASE WHEN EHR_IN_CODES(c, :excluded_diagnosis) THEN 1 ELSE 0 END) AS excluded
  FROM stay_encounters AS s
  JOIN conditions AS c
    ON c.person_id = s.person_id AND c.encounter_id = s.encounter_id AND c.position = 1
  GROUP BY s.person_id, s.stay_number
)
SELECT
  h.person_id AS person_id,
  h.stay_number AS stay_number,
  CASE
    WHEN p.always_planned = 1 OR d.always_planned = 1 THEN 1
    WHEN p.perhaps_planned = 1 AND COALESCE(d.acute, 0) = 0 THEN 1
    ELSE 0
  END AS planned,
  COALESCE(d.excluded, 0) AS excluded
FROM hospital_stays AS h
LEFT JOIN stay_procedures AS p ON p.person_id = h.person_id AND p.stay_number = h.stay_number
LEFT JOIN stay_diagnoses AS d ON d.person_id = h.person_id AND d.stay_number = h.stay_number
