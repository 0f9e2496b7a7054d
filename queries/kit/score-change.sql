/*
title = "Change of a patient-reported score from before surgery to a later day"
source = "Half a standard deviation as the smallest change that matters: Norman 2003, Med Care 41:582-592; T-scores have a standard deviation of 10"
conventions = [
    "One row per index event: a day and encounter with a code of procedure. keep: 'first' is the first of the person's history, 'every' all of them; index dates from since to until, both included. Who has no score is a row without one.",
    "Baseline: the last score of before days before the index date up to that day itself. Follow-up: the score nearest to target days after it, at most tolerance days away, the earlier of two as near. Defaults: 90 days before; day 365, from 275 to 455.",
    "improvement is the change towards the better, as better says: 'higher' (physical function) or 'lower' (pain interference, Oswestry). improved: by important or more; worsened: by important or more the other way; both are empty unless both scores are known.",
    "important is 5, half a standard deviation of a T-score. Estimates by anchors differ widely: for PROMIS physical function 2.3 (cervical deformity, PMID 34959171) to 8 (Hung 2018, Clin Orthop Relat Res 476:2027, as used by Snavely 2021, Spine 46:1139). Say which one was used. For the Oswestry index give 12.8 (Copay 2008, Spine J 8:968).",
    "A second operation or death between the two scores does not change them.",
]

[parameters]
procedure = { type = "codes", default = "any-spine-surgery" }
keep = { type = "text", default = "first", one_of = ["first", "every"] }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }
score = { type = "codes", default = "promis-physical-function" }
better = { type = "text", default = "higher", one_of = ["higher", "lower"] }
important = { type = "number", default = 5 }
before = { type = "days", default = 90 }
target = { type = "days", default = 365 }
tolerance = { type = "days", default = 90 }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
index_date = ["date", "C"]
baseline_date = ["date", "C"]
baseline = ["number", "none"]
follow_up_date = ["date", "C"]
follow_up = ["number", "none"]
change = ["number", "none"]
improvement = ["number", "none"]
improved = ["integer", "none"]
worsened = ["integer", "none"]
*/
WITH scores AS (
  SELECT
    i.person_id AS person_id,
    i.index_number AS index_number,
    m.event_id AS event_id,
    m.event_date AS event_date,
    EHR_DAY_DIFF(i.index_date, m.event_date) AS days,
    m.value_number AS score
  FROM index_surgeries AS i
  JOIN measurements AS m ON m.person_id = i.person_id
  WHERE EHR_IN_CODES(m, :score) AND NOT m.event_date IS NULL AND NOT m.value_number IS NULL
),
baselines AS (
  SELECT
    s.*,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.index_number ORDER BY s.days DESC, EHR_ORDER(s.event_id) DESC, s.score
    ) AS place
  FROM scores AS s
  WHERE s.days BETWEEN 0 - :before AND 0
),
follow_ups AS (
  SELECT
    s.*,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.index_number
      ORDER BY EHR_ABS(s.days - :target), s.days, EHR_ORDER(s.event_id), s.score
    ) AS place
  FROM scores AS s
  WHERE s.days BETWEEN :target - :tolerance AND :target + :tolerance
),
changes AS (
  SELECT
    i.person_id AS person_id,
    i.encounter_id AS encounter_id,
    i.index_number AS index_number,
    i.index_date AS index_date,
    b.event_date AS baseline_date,
    b.score AS baseline,
    f.event_date AS follow_up_date,
    f.score AS follow_up,
    EHR_ROUND(f.score - b.score, 6) AS change
  FROM index_surgeries AS i
  LEFT JOIN baselines AS b
    ON b.person_id = i.person_id AND b.index_number = i.index_number AND b.place = 1
  LEFT JOIN follow_ups AS f
    ON f.person_id = i.person_id AND f.index_number = i.index_number AND f.place = 1
),
improvements AS (
  SELECT
    c.*,
    CASE WHEN :better = 'lower' THEN 0 - c.change ELSE c.change END AS improvement
  FROM changes AS c
)
SELECT
  c.person_id AS person_id,
  c.encounter_id AS encounter_id,
  c.index_date AS index_date,
  c.baseline_date AS baseline_date,
  c.baseline AS baseline,
  c.follow_up_date AS follow_up_date,
  c.follow_up AS follow_up,
  c.change AS change,
  c.improvement AS improvement,
  CASE
    WHEN c.improvement >= :important THEN 1
    WHEN NOT c.improvement IS NULL THEN 0
  END AS improved,
  CASE
    WHEN 0 - c.improvement >= :important THEN 1
    WHEN NOT c.improvement IS NULL THEN 0
  END AS worsened
FROM improvements AS c
ORDER BY c.person_id, c.index_number
