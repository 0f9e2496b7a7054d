/*
title = "Spinal fusion episodes in the manner of the CMS TEAM model"
source = "CMS Transforming Episode Accountability Model (TEAM), 42 CFR 512 subpart E, spinal fusion: MS-DRG and HCPCS numbers of the code set spinal-fusion-episode; not checked against the regulation"
conventions = [
    "One row per anchor. Anchor hospitalization: an inpatient encounter with an MS-DRG of the code set. Anchor procedure: a day with a HCPCS number of the code set on an encounter that is not inpatient.",
    "An episode starts on the day of admission (procedure: its own day) and ends last_day days after the day of discharge (procedure: its own day), both included. 29 instead of 30 counts the day of discharge as the first of thirty.",
    "Anchors without a known discharge, or of persons who die on or before it, are left out; so is who is younger than minimum_age on the first day (a design choice: 42 CFR 512.535 asks for Medicare, which people have by age or by disability and a chart does not know).",
    "An anchor that starts inside an earlier anchor's episode is kept and marked overlaps_earlier; which one CMS keeps is not implemented. Two procedure numbers of one day are one anchor; of two on one encounter on two days each is one.",
    "died: the death is in the episode. ed_visits and readmissions: different emergency or inpatient encounters that start 1 to last_day days after the discharge; the anchor's own encounter and transfers on the day of discharge do not count.",
    "Start on a day of since to until, both included; an earlier anchor is still an earlier one. Deformity (MS-DRG 456-458) is outside the model.",
]

[parameters]
episode = { type = "codes", default = "spinal-fusion-episode" }
last_day = { type = "days", default = 30 }
minimum_age = { type = "integer", default = 65 }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
anchor = ["text", "none"]
start_date = ["date", "C"]
discharge_date = ["date", "C"]
end_date = ["date", "C"]
age = ["integer", "quasi"]
died = ["integer", "none"]
ed_visits = ["integer", "none"]
readmissions = ["integer", "none"]
overlaps_earlier = ["integer", "none"]
*/
WITH admissions AS (
  SELECT
    e.person_id AS person_id,
    e.encounter_id AS encounter_id,
    MIN(e.event_date) AS start_date,
    MAX(e.end_date) AS discharge_date
  FROM encounters AS e
  WHERE e.kind = 'inpatient'
  GROUP BY e.person_id, e.encounter_id
),
coded_anchors AS (
  SELECT DISTINCT
    x.person_id AS person_id,
    x.encounter_id AS encounter_id,
    x.vocabulary AS vocabulary,
    x.event_date AS event_date
  FROM procedures AS x
  WHERE EHR_IN_CODES(x, :episode)
),
anchors AS (
  SELECT DISTINCT
    x.person_id AS person_id,
    x.encounter_id AS encounter_id,
    'hospitalization' AS anchor,
    a.start_date AS start_date,
    a.discharge_date AS discharge_date
  FROM coded_anchors AS x
  JOIN admissions AS a ON a.person_id = x.person_id AND a.encounter_id = x.encounter_id
  WHERE x.vocabulary = 'drg'
  UNION ALL
  SELECT
    x.person_id AS person_id,
    x.encounter_id AS encounter_id,
    'procedure' AS anchor,
    x.event_date AS start_date,
    x.event_date AS discharge_date
  FROM coded_anchors AS x
  LEFT JOIN admissions AS a ON a.person_id = x.person_id AND a.encounter_id = x.encounter_id
  WHERE x.vocabulary = 'hcpcs' AND NOT x.encounter_id IS NULL AND a.person_id IS NULL
),
episodes AS (
  SELECT
    a.*,
    EHR_ADD_DAYS(a.discharge_date, :last_day) AS end_date,
    EHR_AGE(p.birth_date, a.start_date) AS age,
    CASE WHEN EHR_DAY_DIFF(a.discharge_date, p.death_date) <= :last_day THEN 1 ELSE 0 END AS died,
    ROW_NUMBER() OVER (
      PARTITION BY a.person_id
      ORDER BY a.start_date, a.discharge_date, a.encounter_id
    ) AS place
  FROM anchors AS a
  JOIN persons AS p ON p.person_id = a.person_id
  WHERE NOT a.discharge_date IS NULL
    AND EHR_AGE(p.birth_date, a.start_date) >= :minimum_age
    AND (p.death_date IS NULL OR p.death_date > a.discharge_date)
),
later_visits AS (
  SELECT
    s.person_id AS person_id,
    s.place AS place,
    COUNT(DISTINCT CASE WHEN e.kind = 'emergency' THEN e.encounter_id END) AS ed_visits,
    COUNT(DISTINCT CASE WHEN e.kind = 'inpatient' THEN e.encounter_id END) AS readmissions
  FROM episodes AS s
  JOIN encounters AS e ON e.person_id = s.person_id AND NOT e.encounter_id = s.encounter_id
  WHERE EHR_DAY_DIFF(s.discharge_date, e.event_date) BETWEEN 1 AND :last_day
  GROUP BY s.person_id, s.place
),
earlier_anchors AS (
  SELECT DISTINCT b.person_id AS person_id, b.place AS place
  FROM episodes AS a
  JOIN episodes AS b ON b.person_id = a.person_id AND b.place > a.place
  WHERE b.start_date <= a.end_date
)
SELECT
  s.person_id AS person_id,
  s.encounter_id AS encounter_id,
  s.anchor AS anchor,
  s.start_date AS start_date,
  s.discharge_date AS discharge_date,
  s.end_date AS end_date,
  s.age AS age,
  s.died AS died,
  COALESCE(v.ed_visits, 0) AS ed_visits,
  COALESCE(v.readmissions, 0) AS readmissions,
  CASE WHEN o.place IS NULL THEN 0 ELSE 1 END AS overlaps_earlier
FROM episodes AS s
LEFT JOIN later_visits AS v ON v.person_id = s.person_id AND v.place = s.place
LEFT JOIN earlier_anchors AS o ON o.person_id = s.person_id AND o.place = s.place
WHERE s.start_date BETWEEN :since AND :until
ORDER BY s.person_id, s.start_date, s.encounter_id
