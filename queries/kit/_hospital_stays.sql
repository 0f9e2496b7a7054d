/*
Hospital stays: inpatient rows, and observation rows where :observation is 1, joined where one
starts at most :gap days after another ended, or :transfer_gap days where that one led to a
hospital. A row without an end, or with one before its start, lasts its first day.
*/
WITH bed_days AS (
  SELECT
    e.person_id AS person_id,
    e.encounter_id AS encounter_id,
    e.kind AS kind,
    e.event_date AS first_date,
    EHR_GREATEST(e.event_date, e.end_date) AS last_day,
    CASE WHEN e.end_date IS NULL THEN 1 ELSE 0 END AS unending,
    e.discharged_to AS discharged_to
  FROM encounters AS e
  WHERE NOT e.event_date IS NULL
    AND (e.kind = 'inpatient' OR (:observation = 1 AND e.kind = 'observation'))
),
bed_rows AS (
  SELECT
    d.*,
    ROW_NUMBER() OVER (
      PARTITION BY d.person_id
      ORDER BY d.first_date, d.last_day, d.encounter_id, d.kind
    ) AS place
  FROM bed_days AS d
),
bed_links AS (
  SELECT DISTINCT b.person_id AS person_id, b.place AS place
  FROM bed_rows AS a
  JOIN bed_rows AS b ON b.person_id = a.person_id AND b.place > a.place
  WHERE EHR_DAY_DIFF(a.last_day, b.first_date) <= :gap
     OR (a.discharged_to = 'hospital' AND EHR_DAY_DIFF(a.last_day, b.first_date) <= :transfer_gap)
),
bed_stays AS (
  SELECT
    r.*,
    EHR_INTEGER(
      SUM(CASE WHEN l.place IS NULL THEN 1 ELSE 0 END)
        OVER (PARTITION BY r.person_id ORDER BY r.place)
    ) AS stay_number
  FROM bed_rows AS r
  LEFT JOIN bed_links AS l ON l.person_id = r.person_id AND l.place = r.place
),
/* The row that tells the discharge: one without an end, else the one that ends last. */
bed_ends AS (
  SELECT
    s.*,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.stay_number
      ORDER BY s.unending DESC, s.last_day DESC, s.place DESC
    ) AS from_end
  FROM bed_stays AS s
),
bed_sums AS (
  SELECT
    s.person_id AS person_id,
    s.stay_number AS stay_number,
    MIN(s.first_date) AS first_date,
    COUNT(DISTINCT s.encounter_id) AS encounters,
    MAX(CASE WHEN s.kind = 'inpatient' THEN 1 ELSE 0 END) AS inpatient
  FROM bed_stays AS s
  GROUP BY s.person_id, s.stay_number
)
SELECT
  t.person_id AS person_id,
  t.stay_number AS stay_number,
  t.first_date AS admission_date,
  CASE WHEN e.unending = 0 THEN e.last_day END AS discharge_date,
  e.encounter_id AS encounter_id,
  e.discharged_to AS discharged_to,
  t.encounters AS encounters,
  t.inpatient AS inpatient
FROM bed_sums AS t
JOIN bed_ends AS e
  ON e.person_id = t.person_id AND e.stay_number = t.stay_number AND e.from_end = 1
