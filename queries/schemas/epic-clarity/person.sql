/* One row per surviving record. */
SELECT
  m.person_id AS person_id,
  EHR_TO_DATE(p.BIRTH_DATE) AS birth_date,
  CASE LOWER(z.NAME) WHEN 'female' THEN 'female' WHEN 'male' THEN 'male' ELSE 'unknown' END AS sex,
  'unknown' AS race,
  'unknown' AS ethnicity,
  d.death_date AS death_date
FROM patients AS m
JOIN PATIENT AS p ON p.PAT_ID = m.pat_id
LEFT JOIN ZC_SEX AS z ON EHR_TEXT(z.RCPT_MEM_SEX_C) = EHR_TEXT(p.SEX_C)
LEFT JOIN deaths AS d ON d.person_id = m.person_id
WHERE m.pat_id = m.person_id
