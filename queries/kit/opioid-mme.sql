/*
title = "Morphine milligram equivalents around surgery: in all, a day, and on the highest day"
source = "CDC Clinical Practice Guideline for Prescribing Opioids for Pain, MMWR Recomm Rep 2022;71(3): conversion factors"
conventions = [
    "One row per index event: a day and encounter with a code of procedure. keep: 'first' is the first of the person's history, 'every' all of them; index dates from since to until, both included. Who has no opioid has 0.",
    "Window: from first_day to last_day after the index date, both included; negative is before.",
    "A fill or order supplies strength * quantity * factor MME, in equal parts on each of its days of supply from its date on. What lies in the window counts, also of a fill from before it.",
    "overlap: 'add' lets the daily doses of fills that overlap add up, as the CDC does for different drugs; 'delay' starts a fill of the same ingredient on the day after the supply of the fill before it has ended (early refills are used up later), and adds different ingredients up.",
    "mean_daily_mme is the total over the days with any supply, max_daily_mme the highest day's dose. MME are rounded to two decimals.",
    "unknown counts fills dated in the window without strength, its unit, quantity, days of supply or a factor: they have no MME. Administered doses are left out, and so are hospital orders, which have neither a quantity nor days of supply. Injections have no factor; an injection that is ordered with a quantity and days is taken for a dose by mouth.",
    "Factors estimate risk; they are not for changing one opioid for another. Buprenorphine has none.",
]

[parameters]
procedure = { type = "codes", default = "any-spine-surgery" }
keep = { type = "text", default = "first", one_of = ["first", "every"] }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }
opioid = { type = "codes", default = "opioids" }
first_day = { type = "days", default = 0 }
last_day = { type = "days", default = 90 }
overlap = { type = "text", default = "add", one_of = ["add", "delay"] }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
index_date = ["date", "C"]
fills = ["integer", "none"]
days_covered = ["integer", "none"]
total_mme = ["number", "none"]
mean_daily_mme = ["number", "none"]
max_daily_mme = ["number", "none"]
unknown = ["integer", "none"]
*/
WITH known_fills AS (
  SELECT
    d.*,
    EHR_DAY_DIFF(EHR_DATE('1900-01-01'), d.event_date) AS day_number
  FROM opioid_doses AS d
  WHERE d.days_supply >= 1 AND NOT d.total_mme IS NULL
),
/* Days that the same ingredient was supplied for up to each fill. */
supplies AS (
  SELECT
    k.*,
    SUM(k.days_supply) OVER (
      PARTITION BY k.person_id, k.code
      ORDER BY k.day_number, EHR_ORDER(k.event_id)
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) - k.days_supply AS days_before
  FROM known_fills AS k
),
/* A delayed fill starts where the longest queue of supplies before it ends. */
starts AS (
  SELECT
    s.*,
    CASE
      WHEN :overlap = 'delay' THEN s.days_before + MAX(s.day_number - s.days_before) OVER (
        PARTITION BY s.person_id, s.code
        ORDER BY s.day_number, EHR_ORDER(s.event_id)
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      )
      ELSE s.day_number
    END AS start_number
  FROM supplies AS s
),
windows AS (
  SELECT
    i.person_id AS person_id,
    i.index_number AS index_number,
    EHR_DAY_DIFF(EHR_DATE('1900-01-01'), i.index_date) + :first_day AS first_number,
    EHR_DAY_DIFF(EHR_DATE('1900-01-01'), i.index_date) + :last_day AS last_number
  FROM index_surgeries AS i
),
spans AS (
  SELECT
    w.person_id AS person_id,
    w.index_number AS index_number,
    s.event_id AS event_id,
    s.code AS code,
    EHR_DIVIDE(s.total_mme, s.days_supply) AS daily_mme,
    EHR_GREATEST(s.start_number, w.first_number) AS span_start,
    EHR_LEAST(s.start_number + s.days_supply - 1, w.last_number) AS span_end
  FROM windows AS w
  JOIN starts AS s ON s.person_id = w.person_id
  WHERE s.start_number <= w.last_number
    AND s.start_number + s.days_supply - 1 >= w.first_number
),
spans_in_order AS (
  SELECT
    s.*,
    MAX(s.span_end) OVER (
      PARTITION BY s.person_id, s.index_number
      ORDER BY s.span_start, s.span_end, EHR_ORDER(s.event_id), EHR_ORDER(s.code)
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS covered_until
  FROM spans AS s
),
sums AS (
  SELECT
    s.person_id AS person_id,
    s.index_number AS index_number,
    COUNT(DISTINCT s.event_id) AS fills,
    SUM(s.daily_mme * (s.span_end - s.span_start + 1)) AS total_mme,
    SUM(
      CASE
        WHEN s.covered_until IS NULL OR s.span_start > s.covered_until
          THEN s.span_end - s.span_start + 1
        WHEN s.span_end > s.covered_until THEN s.span_end - s.covered_until
        ELSE 0
      END
    ) AS days_covered
  FROM spans_in_order AS s
  GROUP BY s.person_id, s.index_number
),
/* The highest dose is reached on a day on which some supply starts. */
start_days AS (
  SELECT DISTINCT
    t.person_id AS person_id, t.index_number AS index_number, t.span_start AS span_start
  FROM spans AS t
),
start_doses AS (
  SELECT
    d.person_id AS person_id,
    d.index_number AS index_number,
    d.span_start AS day_number,
    SUM(s.daily_mme) AS daily_mme
  FROM start_days AS d
  JOIN spans AS s
    ON s.person_id = d.person_id
    AND s.index_number = d.index_number
    AND d.span_start BETWEEN s.span_start AND s.span_end
  GROUP BY d.person_id, d.index_number, d.span_start
),
highest AS (
  SELECT
    d.person_id AS person_id,
    d.index_number AS index_number,
    MAX(d.daily_mme) AS max_daily_mme
  FROM start_doses AS d
  GROUP BY d.person_id, d.index_number
),
unknown_fills AS (
  SELECT
    w.person_id AS person_id,
    w.index_number AS index_number,
    COUNT(DISTINCT d.event_id) AS unknown_fills
  FROM windows AS w
  JOIN opioid_doses AS d ON d.person_id = w.person_id
  WHERE EHR_DAY_DIFF(EHR_DATE('1900-01-01'), d.event_date)
      BETWEEN w.first_number AND w.last_number
    AND (d.days_supply IS NULL OR d.days_supply < 1 OR d.total_mme IS NULL)
  GROUP BY w.person_id, w.index_number
)
SELECT
  i.person_id AS person_id,
  i.encounter_id AS encounter_id,
  i.index_date AS index_date,
  COALESCE(s.fills, 0) AS fills,
  EHR_INTEGER(COALESCE(s.days_covered, 0)) AS days_covered,
  EHR_ROUND(COALESCE(s.total_mme, 0), 2) AS total_mme,
  EHR_ROUND(EHR_DIVIDE(s.total_mme, s.days_covered), 2) AS mean_daily_mme,
  EHR_ROUND(h.max_daily_mme, 2) AS max_daily_mme,
  COALESCE(u.unknown_fills, 0) AS unknown
FROM index_surgeries AS i
LEFT JOIN sums AS s ON s.person_id = i.person_id AND s.index_number = i.index_number
LEFT JOIN highest AS h ON h.person_id = i.person_id AND h.index_number = i.index_number
LEFT JOIN unknown_fills AS u ON u.person_id = i.person_id AND u.index_number = i.index_number
ORDER BY i.person_id, i.index_number
