/*
Index events: days and encounters with a code of :procedure, the first of a person's history
(a known encounter before an unknown one) or every one, from :since to :until.
*/
WITH surgery_days AS (
  SELECT DISTINCT
    p.person_id AS person_id,
    p.encounter_id AS encounter_id,
    p.event_date AS index_date
  FROM procedures AS p
  JOIN persons AS s ON s.person_id = p.person_id
  WHERE NOT p.event_date IS NULL AND EHR_IN_CODES(p, :procedure)
),
surgery_numbers AS (
  SELECT
    d.*,
    ROW_NUMBER() OVER (
      PARTITION BY d.person_id
      ORDER BY
        d.index_date,
        CASE WHEN d.encounter_id IS NULL THEN 1 ELSE 0 END,
        EHR_ORDER(COALESCE(d.encounter_id, '-'))
    ) AS index_number
  FROM surgery_days AS d
)
SELECT
  n.person_id AS person_id,
  n.encounter_id AS encounter_id,
  n.index_date AS index_date,
  n.index_number AS index_number
FROM surgery_numbers AS n
WHERE (:keep = 'every' OR n.index_number = 1) AND n.index_date BETWEEN :since AND :until
