/* One row per surviving record. ABS_BIRTH_DT_TM is free of time zones. Races and ethnic groups are
   told by their display; a person has one of each here. */
SELECT
  m.person_id AS person_id,
  EHR_TO_DATE(COALESCE(p.ABS_BIRTH_DT_TM, p.BIRTH_DT_TM)) AS birth_date,
  CASE s.meaning WHEN 'FEMALE' THEN 'female' WHEN 'MALE' THEN 'male' ELSE 'unknown' END AS sex,
  CASE
    WHEN LOWER(r.display) LIKE '%white%' OR LOWER(r.display) LIKE '%caucasian%' THEN 'white'
    WHEN LOWER(r.display) LIKE '%black%' OR LOWER(r.display) LIKE '%african%' THEN 'black'
    WHEN LOWER(r.display) LIKE '%american indian%' OR LOWER(r.display) LIKE '%alaska%'
      THEN 'american-indian'
    WHEN LOWER(r.display) LIKE '%pacific%' OR LOWER(r.display) LIKE '%hawaiian%'
      THEN 'pacific-islander'
    WHEN LOWER(r.display) LIKE '%asian%' THEN 'asian'
    WHEN LOWER(r.display) LIKE 'multi%' OR LOWER(r.display) LIKE 'two or more%' THEN 'multiple'
    WHEN LOWER(r.display) LIKE 'other%' THEN 'other'
    ELSE 'unknown'
  END AS race,
  CASE
    WHEN LOWER(e.display) LIKE 'not %' OR LOWER(e.display) LIKE 'non%' THEN 'not-hispanic'
    WHEN LOWER(e.display) LIKE '%hispanic%' OR LOWER(e.display) LIKE '%latin%' THEN 'hispanic'
    ELSE 'unknown'
  END AS ethnicity,
  d.death_date AS death_date
FROM patients AS m
JOIN PERSON AS p ON p.PERSON_ID = m.record_id
LEFT JOIN code_values AS s ON s.code_value = p.SEX_CD
LEFT JOIN code_values AS r ON r.code_value = p.RACE_CD
LEFT JOIN code_values AS e ON e.code_value = p.ETHNIC_GRP_CD
LEFT JOIN deaths AS d ON d.person_id = m.person_id
WHERE m.record_id = m.survivor_id
