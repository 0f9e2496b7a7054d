SELECT
  r.person_id AS person_id,
  EHR_TO_DATE(r.birth_date) AS birth_date,
  COALESCE(r.sex, 'unknown') AS sex,
  COALESCE(r.race, 'unknown') AS race,
  COALESCE(r.ethnicity, 'unknown') AS ethnicity,
  EHR_TO_DATE(r.death_date) AS death_date
FROM PERSON_ROWS AS r
