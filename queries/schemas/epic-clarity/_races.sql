/* One race per record by the OMB categories, from the site's own words; several make `multiple`.
   Refused, unknown and anything else are no race. */
WITH race_lines AS (
  SELECT
    r.PAT_ID AS pat_id,
    CASE
      WHEN LOWER(z.NAME) LIKE '%white%' OR LOWER(z.NAME) LIKE '%caucasian%' THEN 'white'
      WHEN LOWER(z.NAME) LIKE '%black%' OR LOWER(z.NAME) LIKE '%african%' THEN 'black'
      WHEN LOWER(z.NAME) LIKE '%american indian%' OR LOWER(z.NAME) LIKE '%alaska%'
        THEN 'american-indian'
      WHEN LOWER(z.NAME) LIKE '%pacific%' OR LOWER(z.NAME) LIKE '%hawaiian%'
        THEN 'pacific-islander'
      WHEN LOWER(z.NAME) LIKE '%asian%' THEN 'asian'
      WHEN LOWER(z.NAME) LIKE 'multi%' OR LOWER(z.NAME) LIKE 'two or more%' THEN 'multiple'
      WHEN LOWER(z.NAME) LIKE 'other%' THEN 'other'
    END AS race
  FROM PATIENT_RACE AS r
  JOIN ZC_PATIENT_RACE AS z ON EHR_TEXT(z.PATIENT_RACE_C) = EHR_TEXT(r.PATIENT_RACE_C)
)
SELECT
  l.pat_id AS pat_id,
  CASE WHEN COUNT(DISTINCT l.race) = 1 THEN MIN(l.race) ELSE 'multiple' END AS race
FROM race_lines AS l
WHERE l.race IS NOT NULL
GROUP BY l.pat_id
