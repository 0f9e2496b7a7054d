/* When a visit was in the emergency department, under observation, and on a ward: from the first unit
   of the kind to the last. A unit that nobody left yet (32220) has no end. */
WITH units AS (
  SELECT
    d.visit_occurrence_id AS visit_id,
    EHR_TEXT(d.visit_detail_concept_id) AS unit,
    CASE WHEN EHR_TEXT(d.visit_detail_type_concept_id) = '32220' THEN 1 ELSE 0 END AS unfinished,
    COALESCE(
      EHR_TO_TIME(d.visit_detail_start_datetime), EHR_TO_TIME(d.visit_detail_start_date)
    ) AS start_time,
    COALESCE(
      EHR_TO_TIME(d.visit_detail_end_datetime), EHR_TO_TIME(d.visit_detail_end_date)
    ) AS end_time
  FROM VISIT_DETAIL AS d
  WHERE EHR_TEXT(d.visit_detail_concept_id) IN ('9201', '9203', '581385')
)
SELECT
  u.visit_id AS visit_id,
  MIN(CASE WHEN u.unit = '9201' THEN u.start_time END) AS ward_start,
  MIN(CASE WHEN u.unit = '9203' THEN u.start_time END) AS emergency_start,
  MIN(CASE WHEN u.unit = '581385' THEN u.start_time END) AS observation_start,
  CASE
    WHEN MAX(CASE WHEN u.unit = '9203' THEN u.unfinished ELSE 0 END) = 0
      THEN MAX(CASE WHEN u.unit = '9203' THEN u.end_time END)
  END AS emergency_end,
  CASE
    WHEN MAX(CASE WHEN u.unit = '581385' THEN u.unfinished ELSE 0 END) = 0
      THEN MAX(CASE WHEN u.unit = '581385' THEN u.end_time END)
  END AS observation_end
FROM units AS u
GROUP BY u.visit_id
