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
/* The latest day before each row, of any row and of those that led to a hospital. */
bed_gaps AS (
  SELECT
    r.*,
    MAX(r.last_day) OVER (
      PARTITION BY r.person_id
      ORDER BY r.place
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS day_before,
    MAX(CASE WHEN r.discharged_to = 'hospital' THEN r.last_day END) OVER (
      PARTITION BY r.person_id
      ORDER BY r.place
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS transfer_before
  FROM bed_rows AS r
),
bed_stays AS (
  SELECT
    g.*,
    EHR_INTEGER(
      SUM(
        CASE
          WHEN EHR_DAY_DIFF(g.day_before, g.first_date) <= :gap THEN 0
          WHEN EHR_DAY_DIFF(g.transfer_before, g.first_date) <= :transfer_gap THEN 0
          ELSE 1
        END
      ) OVER (
        PARTITION BY g.person_id
        ORDER BY g.place
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      )
    ) AS stay_number
  FROM bed_gaps AS g
),
/* The row that tells the discharge: one without an end, else the one that ends last. */
bed_ends AS (
  SELECT
    s.*,
    MIN(s.first_date) OVER (PARTITION BY s.person_id, s.stay_number) AS admission_date,
    COUNT(s.place) OVER (PARTITION BY s.person_id, s.stay_number) AS parts,
    MAX(CASE WHEN s.kind = 'inpatient' THEN 1 ELSE 0 END)
      OVER (PARTITION BY s.person_id, s.stay_number) AS inpatient,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.stay_number
      ORDER BY s.unending DESC, s.last_day DESC, s.place DESC
    ) AS from_end
  FROM bed_stays AS s
)
SELECT
  e.person_id AS person_id,
  e.stay_number AS stay_number,
  e.admission_date AS admission_date,
  CASE WHEN e.unending = 0 THEN e.last_day END AS discharge_date,
  e.encounter_id AS encounter_id,
  e.discharged_to AS discharged_to,
  e.parts AS parts,
  e.inpatient AS inpatient
FROM bed_ends AS e
WHERE e.from_end = 1
