/* When a visit was in which kind of unit: from the first unit of the kind to the last. A unit that
   nobody left yet (32220) has no end. */
WITH units AS (
  SELECT
    EHR_TEXT(d.visit_occurrence_id) AS visit_id,
    CASE EHR_TEXT(d.visit_detail_concept_id)
      WHEN '9201' THEN 'inpatient'
      WHEN '9203' THEN 'emergency'
      WHEN '581385' THEN 'observation'
      ELSE 'other'
    END AS kind,
    CASE WHEN EHR_TEXT(d.visit_detail_type_concept_id) = '32220' THEN 1 ELSE 0 END AS unfinished,
    COALESCE(
      EHR_TO_TIME(d.visit_detail_start_datetime), EHR_TO_TIME(d.visit_detail_start_date)
    ) AS start_time,
    COALESCE(
      EHR_TO_TIME(d.visit_detail_end_datetime), EHR_TO_TIME(d.visit_detail_end_date)
    ) AS end_time
  FROM VISIT_DETAIL AS d
)
SELECT
  u.visit_id AS visit_id,
  u.kind AS kind,
  MIN(u.start_time) AS start_time,
  CASE WHEN MAX(u.unfinished) = 0 THEN MAX(u.end_time) END AS end_time
FROM units AS u
GROUP BY u.visit_id, u.kind
