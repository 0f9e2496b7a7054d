/* One row per surviving record, with the race and ethnic group of that record. */
SELECT
  m.person_id AS person_id,
  EHR_TO_DATE(p.BIRTH_DATE) AS birth_date,
  CASE LOWER(z.NAME) WHEN 'female' THEN 'female' WHEN 'male' THEN 'male' ELSE 'unknown' END AS sex,
  COALESCE(r.race, 'unknown') AS race,
  CASE
    WHEN LOWER(e.NAME) LIKE 'not %' OR LOWER(e.NAME) LIKE 'non%' THEN 'not-hispanic'
    WHEN LOWER(e.NAME) LIKE '%hispanic%' OR LOWER(e.NAME) LIKE '%latin%' THEN 'hispanic'
    ELSE 'unknown'
  END AS ethnicity,
  d.death_date AS death_date
FROM patients AS m
JOIN PATIENT AS p ON p.PAT_ID = m.pat_id
LEFT JOIN ZC_SEX AS z ON EHR_TEXT(z.RCPT_MEM_SEX_C) = EHR_TEXT(p.SEX_C)
LEFT JOIN ZC_ETHNIC_GROUP AS e ON EHR_TEXT(e.ETHNIC_GROUP_C) = EHR_TEXT(p.ETHNIC_GROUP_C)
LEFT JOIN races AS r ON r.pat_id = m.pat_id
LEFT JOIN deaths AS d ON d.person_id = m.person_id
WHERE m.pat_id = m.person_id
