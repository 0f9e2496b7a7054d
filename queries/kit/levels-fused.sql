/*
title = "Levels fused, and the classes of Deyo 2010: decompression, simple and complex fusion"
source = "Deyo et al., JAMA 2010;303:1259 (classes); ICD-10-PCS FY2026 (CMS), tables 0RG, 0SG and XRG: body part (joints) and qualifier (approach and column); CMS TEAM (HCPCS numbers)"
conventions = [
    "One row per person, encounter and calendar day with a spinal fusion or a decompression. A person's every day counts, not only the first; two days of one stay (a staged operation) are two rows. Codes of an unknown encounter are their own row.",
    "joints is the least number of levels: each body part counts once, whatever the grafts and approaches; 1 for a single joint, 2 for two or more (0RG7, two to seven, too), 8 for 0RG8. The new-technology codes XRG0 to XRGA are the body parts 0RG0 to 0RGA (0 to 8 ended before FY2026), XRGB, XRGC and XRGD are 0SG0, 0SG1 and 0SG3.",
    "HCPCS numbers of the TEAM model count only where no fusion by ICD-10-PCS is within a day of them. They are one cervical joint, one lumbar joint or both, and multi_level is empty for one: ehrkit ships no add-on numbers.",
    "multi_level: 1 for two joints or more, 0 for one; empty without a fusion.",
    "anterior and posterior are approaches: qualifier 0, or 22551, 22554; qualifiers 1 and J, or 22612, 22630, 22633. combined: both on one day. XRG codes tell neither approach nor column.",
    "both_columns: the anterior column (qualifiers 0 and J, or 22551, 22554, 22630, 22633) and the posterior one (1, or 22612, 22633) on one day, as in the MS-DRGs of combined fusion.",
    "deyo_class: complex fusion for more than two joints or combined approaches, else simple fusion; decompression where nothing is fused. Because joints is a least number, 0SG1 alone is simple.",
    "Days from since to until, both included; codes without a day are left out. Death is not looked at.",
]

[parameters]
decompression = { type = "codes", default = "spine-decompression" }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
surgery_date = ["date", "C"]
coded_in = ["text", "none"]
cervical = ["integer", "none"]
thoracic = ["integer", "none"]
lumbar = ["integer", "none"]
joints = ["integer", "none"]
multi_level = ["integer", "none"]
anterior = ["integer", "none"]
posterior = ["integer", "none"]
combined = ["integer", "none"]
both_columns = ["integer", "none"]
decompressed = ["integer", "none"]
deyo_class = ["text", "none"]
*/
WITH spine_codes AS (
  SELECT DISTINCT
    x.person_id AS person_id,
    COALESCE(x.encounter_id, '-') AS encounter_key,
    x.event_date AS surgery_date,
    x.vocabulary AS vocabulary,
    CASE
      WHEN x.code LIKE '0RG0%' OR x.code LIKE 'XRG0%' THEN '0RG0'
      WHEN x.code LIKE '0RG1%' OR x.code LIKE 'XRG1%' THEN '0RG1'
      WHEN x.code IN ('22551', '22554') THEN '0RG1'
      WHEN x.code LIKE '0RG2%' OR x.code LIKE 'XRG2%' THEN '0RG2'
      WHEN x.code LIKE '0RG4%' OR x.code LIKE 'XRG4%' THEN '0RG4'
      WHEN x.code LIKE '0RG6%' OR x.code LIKE 'XRG6%' THEN '0RG6'
      WHEN x.code LIKE '0RG7%' OR x.code LIKE 'XRG7%' THEN '0RG7'
      WHEN x.code LIKE '0RG8%' OR x.code LIKE 'XRG8%' THEN '0RG8'
      WHEN x.code LIKE '0RGA%' OR x.code LIKE 'XRGA%' THEN '0RGA'
      WHEN x.code LIKE '0SG0%' OR x.code LIKE 'XRGB%' THEN '0SG0'
      WHEN x.code IN ('22612', '22630', '22633') THEN '0SG0'
      WHEN x.code LIKE '0SG1%' OR x.code LIKE 'XRGC%' THEN '0SG1'
      WHEN x.code LIKE '0SG3%' OR x.code LIKE 'XRGD%' THEN '0SG3'
    END AS body_part,
    CASE
      WHEN x.code LIKE '0_G___0' OR x.code IN ('22551', '22554') THEN 'anterior'
      WHEN x.code LIKE '0_G___1' OR x.code LIKE '0_G___J' THEN 'posterior'
      WHEN x.code IN ('22612', '22630', '22633') THEN 'posterior'
    END AS approach,
    CASE
      WHEN x.code LIKE '0_G___0' OR x.code LIKE '0_G___J' THEN 'anterior'
      WHEN x.code IN ('22551', '22554', '22630') THEN 'anterior'
      WHEN x.code LIKE '0_G___1' OR x.code = '22612' THEN 'posterior'
      WHEN x.code = '22633' THEN 'both'
    END AS spine_column,
    CASE WHEN EHR_IN_CODES(x, :decompression) THEN 1 ELSE 0 END AS decompression
  FROM procedures AS x
  WHERE NOT x.event_date IS NULL AND x.vocabulary IN ('icd10pcs', 'hcpcs')
),
coded_fusions AS (
  SELECT s.*
  FROM spine_codes AS s
  WHERE NOT s.body_part IS NULL AND s.vocabulary = 'icd10pcs'
),
fused AS (
  SELECT c.* FROM coded_fusions AS c
  UNION ALL
  SELECT s.*
  FROM spine_codes AS s
  WHERE NOT s.body_part IS NULL
    AND s.vocabulary = 'hcpcs'
    AND NOT EXISTS (
      SELECT 1
      FROM coded_fusions AS c
      WHERE c.person_id = s.person_id
        AND EHR_DAY_DIFF(c.surgery_date, s.surgery_date) BETWEEN -1 AND 1
    )
),
body_parts AS (
  SELECT DISTINCT f.person_id, f.encounter_key, f.surgery_date, f.body_part
  FROM fused AS f
),
joint_counts AS (
  SELECT
    b.person_id AS person_id,
    b.encounter_key AS encounter_key,
    b.surgery_date AS surgery_date,
    SUM(CASE b.body_part WHEN '0RG8' THEN 8 WHEN '0RG2' THEN 2 WHEN '0RG7' THEN 2
      WHEN '0SG1' THEN 2 ELSE 1 END) AS joints,
    MAX(CASE WHEN b.body_part IN ('0RG0', '0RG1', '0RG2', '0RG4') THEN 1 ELSE 0 END) AS cervical,
    MAX(CASE WHEN b.body_part IN ('0RG6', '0RG7', '0RG8', '0RGA') THEN 1 ELSE 0 END) AS thoracic,
    MAX(CASE WHEN b.body_part IN ('0SG0', '0SG1', '0SG3') THEN 1 ELSE 0 END) AS lumbar
  FROM body_parts AS b
  GROUP BY b.person_id, b.encounter_key, b.surgery_date
),
approaches AS (
  SELECT
    f.person_id AS person_id,
    f.encounter_key AS encounter_key,
    f.surgery_date AS surgery_date,
    MAX(f.vocabulary) AS coded_in,
    MAX(CASE WHEN f.approach = 'anterior' THEN 1 ELSE 0 END) AS anterior,
    MAX(CASE WHEN f.approach = 'posterior' THEN 1 ELSE 0 END) AS posterior,
    MAX(CASE WHEN f.spine_column IN ('anterior', 'both') THEN 1 ELSE 0 END) AS in_front,
    MAX(CASE WHEN f.spine_column IN ('posterior', 'both') THEN 1 ELSE 0 END) AS behind
  FROM fused AS f
  GROUP BY f.person_id, f.encounter_key, f.surgery_date
),
decompressions AS (
  SELECT DISTINCT s.person_id, s.encounter_key, s.surgery_date
  FROM spine_codes AS s
  WHERE s.decompression = 1
),
spine_days AS (
  SELECT a.person_id, a.encounter_key, a.surgery_date FROM approaches AS a
  UNION
  SELECT d.person_id, d.encounter_key, d.surgery_date FROM decompressions AS d
)
SELECT
  t.person_id AS person_id,
  CASE WHEN NOT t.encounter_key = '-' THEN t.encounter_key END AS encounter_id,
  t.surgery_date AS surgery_date,
  a.coded_in AS coded_in,
  COALESCE(j.cervical, 0) AS cervical,
  COALESCE(j.thoracic, 0) AS thoracic,
  COALESCE(j.lumbar, 0) AS lumbar,
  COALESCE(j.joints, 0) AS joints,
  CASE
    WHEN j.joints > 1 THEN 1
    WHEN j.joints = 1 AND a.coded_in = 'icd10pcs' THEN 0
  END AS multi_level,
  COALESCE(a.anterior, 0) AS anterior,
  COALESCE(a.posterior, 0) AS posterior,
  CASE WHEN a.anterior = 1 AND a.posterior = 1 THEN 1 ELSE 0 END AS combined,
  CASE WHEN a.in_front = 1 AND a.behind = 1 THEN 1 ELSE 0 END AS both_columns,
  CASE WHEN d.person_id IS NULL THEN 0 ELSE 1 END AS decompressed,
  CASE
    WHEN a.person_id IS NULL THEN 'decompression'
    WHEN j.joints > 2 OR (a.anterior = 1 AND a.posterior = 1) THEN 'complex fusion'
    ELSE 'simple fusion'
  END AS deyo_class
FROM spine_days AS t
LEFT JOIN approaches AS a
  ON a.person_id = t.person_id AND a.encounter_key = t.encounter_key
  AND a.surgery_date = t.surgery_date
LEFT JOIN joint_counts AS j
  ON j.person_id = t.person_id AND j.encounter_key = t.encounter_key
  AND j.surgery_date = t.surgery_date
LEFT JOIN decompressions AS d
  ON d.person_id = t.person_id AND d.encounter_key = t.encounter_key
  AND d.surgery_date = t.surgery_date
WHERE t.surgery_date BETWEEN :since AND :until
ORDER BY t.person_id, t.surgery_date, t.encounter_key
