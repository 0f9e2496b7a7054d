SELECT
  r.person_id AS person_id,
  EHR_TO_DATE(r.birth_date) AS birth_date,
  r.sex AS sex,
  r.race AS race,
  r.ethnicity AS ethnicity,
  EHR_TO_DATE(r.death_date) AS death_date
FROM EHRKIT_PERSON AS r
