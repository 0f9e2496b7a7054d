/* One row per surviving record. ABS_BIRTH_DT_TM is free of time zones. */
SELECT
  m.person_id AS person_id,
  EHR_TO_DATE(COALESCE(p.ABS_BIRTH_DT_TM, p.BIRTH_DT_TM)) AS birth_date,
  CASE s.meaning WHEN 'FEMALE' THEN 'female' WHEN 'MALE' THEN 'male' ELSE 'unknown' END AS sex,
  'unknown' AS race,
  'unknown' AS ethnicity,
  d.death_date AS death_date
FROM patients AS m
JOIN PERSON AS p ON EHR_TEXT(EHR_INTEGER(p.PERSON_ID)) = m.record_id
LEFT JOIN code_values AS s ON s.code_value = EHR_TEXT(EHR_INTEGER(p.SEX_CD))
LEFT JOIN deaths AS d ON d.person_id = m.person_id
WHERE m.record_id = m.person_id
