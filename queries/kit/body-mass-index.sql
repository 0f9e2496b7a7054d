/*
title = "Body mass index and obesity at surgery"
source = "Classes: WHO Technical Report Series 894 (2000), table 2.1"
conventions = [
    "One row per index event: a day and encounter with a code of procedure. keep: 'first' is the first of the person's history, 'every' all of them; index dates from since to until, both included. Who has no index is a row without one.",
    "The measured index nearest to the index date, from before days before to after days after it, the earlier of two as near (of one day, the lower event_id). Without one, weight over height squared: the nearest weight of the same window, and the nearest height of height_before days before to after days after (height of adults changes little; design choice).",
    "Weights and heights are converted from the unit of the result; without a unit they do not count. Indices below 10 or above 100 are taken for errors and left out (design choice).",
    "bmi has one decimal, and class is that of the rounded number (WHO: of two decimals), from 18 years on: underweight below 18.5, normal below 25, overweight below 30, obesity 1 below 35, obesity 2 below 40, obesity 3. obese is 1 from 30 on; under 18 both are empty. obesity_diagnosis: a code in the 365 days before the index date or on it.",
]

[parameters]
procedure = { type = "codes", default = "any-spine-surgery" }
keep = { type = "text", default = "first", one_of = ["first", "every"] }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }
index = { type = "codes", default = "body-mass-index" }
weight = { type = "codes", default = "body-weight" }
height = { type = "codes", default = "body-height" }
obesity = { type = "codes", default = "obesity-diagnosis" }
before = { type = "days", default = 365 }
after = { type = "days", default = 0 }
height_before = { type = "days", default = 1825 }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
index_date = ["date", "C"]
bmi = ["number", "none"]
bmi_date = ["date", "C"]
bmi_from = ["text", "none"]
class = ["text", "none"]
obese = ["integer", "none"]
obesity_diagnosis = ["integer", "none"]
*/
WITH body_sizes AS (
  SELECT
    i.person_id AS person_id,
    i.index_number AS index_number,
    m.event_id AS event_id,
    m.event_date AS event_date,
    EHR_DAY_DIFF(i.index_date, m.event_date) AS days,
    CASE WHEN EHR_IN_CODES(m, :index) THEN m.value_number END AS bmi,
    CASE WHEN EHR_IN_CODES(m, :weight) THEN EHR_IN_UNIT(m, 'kg') END AS kilograms,
    CASE WHEN EHR_IN_CODES(m, :height) THEN EHR_IN_UNIT(m, 'm') END AS metres
  FROM index_surgeries AS i
  JOIN measurements AS m ON m.person_id = i.person_id
  WHERE (EHR_IN_CODES(m, :index) OR EHR_IN_CODES(m, :weight) OR EHR_IN_CODES(m, :height))
    AND NOT m.event_date IS NULL
),
indices AS (
  SELECT
    s.*,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.index_number
      ORDER BY EHR_ABS(s.days), s.days, EHR_ORDER(s.event_id), s.bmi
    ) AS place
  FROM body_sizes AS s
  WHERE s.bmi BETWEEN 10 AND 100 AND s.days BETWEEN 0 - :before AND :after
),
weights AS (
  SELECT
    s.*,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.index_number
      ORDER BY EHR_ABS(s.days), s.days, EHR_ORDER(s.event_id), s.kilograms
    ) AS place
  FROM body_sizes AS s
  WHERE s.kilograms > 0 AND s.days BETWEEN 0 - :before AND :after
),
heights AS (
  SELECT
    s.*,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.index_number
      ORDER BY EHR_ABS(s.days), s.days, EHR_ORDER(s.event_id), s.metres
    ) AS place
  FROM body_sizes AS s
  WHERE s.metres > 0 AND s.days BETWEEN 0 - :height_before AND :after
),
computed AS (
  SELECT
    w.person_id AS person_id,
    w.index_number AS index_number,
    w.event_date AS event_date,
    EHR_DIVIDE(w.kilograms, h.metres * h.metres) AS bmi
  FROM weights AS w
  JOIN heights AS h
    ON h.person_id = w.person_id AND h.index_number = w.index_number AND h.place = 1
  WHERE w.place = 1
),
diagnosed AS (
  SELECT DISTINCT i.person_id AS person_id, i.index_number AS index_number
  FROM index_surgeries AS i
  JOIN conditions AS c ON c.person_id = i.person_id
  WHERE EHR_IN_CODES(c, :obesity) AND EHR_DAY_DIFF(c.event_date, i.index_date) BETWEEN 0 AND 365
),
found AS (
  SELECT
    i.person_id AS person_id,
    i.encounter_id AS encounter_id,
    i.index_number AS index_number,
    i.index_date AS index_date,
    EHR_AGE(p.birth_date, i.index_date) AS age,
    EHR_ROUND(COALESCE(m.bmi, c.bmi), 1) AS bmi,
    COALESCE(m.event_date, c.event_date) AS bmi_date,
    CASE
      WHEN NOT m.bmi IS NULL THEN 'measured'
      WHEN NOT c.bmi IS NULL THEN 'weight and height'
    END AS bmi_from,
    CASE WHEN d.person_id IS NULL THEN 0 ELSE 1 END AS obesity_diagnosis
  FROM index_surgeries AS i
  JOIN persons AS p ON p.person_id = i.person_id
  LEFT JOIN indices AS m
    ON m.person_id = i.person_id AND m.index_number = i.index_number AND m.place = 1
  LEFT JOIN computed AS c
    ON c.person_id = i.person_id AND c.index_number = i.index_number AND c.bmi BETWEEN 10 AND 100
  LEFT JOIN diagnosed AS d ON d.person_id = i.person_id AND d.index_number = i.index_number
)
SELECT
  f.person_id AS person_id,
  f.encounter_id AS encounter_id,
  f.index_date AS index_date,
  f.bmi AS bmi,
  f.bmi_date AS bmi_date,
  f.bmi_from AS bmi_from,
  CASE
    WHEN f.bmi IS NULL OR f.age IS NULL OR f.age < 18 THEN EHR_NO_TEXT()
    WHEN f.bmi < 18.5 THEN 'underweight'
    WHEN f.bmi < 25 THEN 'normal'
    WHEN f.bmi < 30 THEN 'overweight'
    WHEN f.bmi < 35 THEN 'obesity 1'
    WHEN f.bmi < 40 THEN 'obesity 2'
    ELSE 'obesity 3'
  END AS class,
  CASE
    WHEN f.age >= 18 AND f.bmi >= 30 THEN 1
    WHEN f.age >= 18 AND f.bmi < 30 THEN 0
  END AS obese,
  f.obesity_diagnosis AS obesity_diagnosis
FROM found AS f
ORDER BY f.person_id, f.index_number
