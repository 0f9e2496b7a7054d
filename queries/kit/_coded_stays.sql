/*
Stays with what their codes say: planned, in the order of the CMS Planned Readmission Algorithm
(always for some procedures and principal diagnoses, for others only where no principal diagnosis
is acute), and excluded by a principal diagnosis. A stay has the codes of all its encounters.
*/
WITH code_signs AS (
  SELECT
    x.person_id AS person_id,
    x.encounter_id AS encounter_id,
    CASE WHEN EHR_IN_CODES(x, :always_planned_procedure) THEN 1 ELSE 0 END AS always_planned,
    CASE WHEN EHR_IN_CODES(x, :planned_procedure) THEN 1 ELSE 0 END AS perhaps_planned,
    0 AS acute,
    0 AS excluded
  FROM procedures AS x
  UNION ALL
  SELECT
    c.person_id AS person_id,
    c.encounter_id AS encounter_id,
    CASE WHEN EHR_IN_CODES(c, :always_planned_diagnosis) THEN 1 ELSE 0 END AS always_planned,
    0 AS perhaps_planned,
    CASE WHEN EHR_IN_CODES(c, :acute_diagnosis) THEN 1 ELSE 0 END AS acute,
    CASE WHEN EHR_IN_CODES(c, :excluded_diagnosis) THEN 1 ELSE 0 END AS excluded
  FROM conditions AS c
  WHERE c.position = 1
),
stay_signs AS (
  SELECT
    s.person_id AS person_id,
    s.stay_number AS stay_number,
    MAX(g.always_planned) AS always_planned,
    MAX(g.perhaps_planned) AS perhaps_planned,
    MAX(g.acute) AS acute,
    MAX(g.excluded) AS excluded
  FROM bed_stays AS s
  JOIN code_signs AS g ON g.person_id = s.person_id AND g.encounter_id = s.encounter_id
  GROUP BY s.person_id, s.stay_number
)
SELECT
  h.*,
  p.birth_date AS birth_date,
  p.death_date AS death_date,
  CASE
    WHEN g.always_planned = 1 THEN 1
    WHEN g.perhaps_planned = 1 AND g.acute = 0 THEN 1
    ELSE 0
  END AS planned,
  COALESCE(g.excluded, 0) AS excluded
FROM hospital_stays AS h
JOIN persons AS p ON p.person_id = h.person_id
LEFT JOIN stay_signs AS g ON g.person_id = h.person_id AND g.stay_number = h.stay_number
