SELECT
  r.person_id AS person_id,
  r.first_name AS first_name,
  r.last_name AS last_name,
  EHR_TO_DATE(r.birth_date) AS birth_date,
  r.sex AS sex,
  r.zip AS zip,
  r.phone AS phone,
  r.email AS email,
  r.address AS address
FROM EHRKIT_IDENTITY AS r
