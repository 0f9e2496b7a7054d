/* What record linkage compares, from the surviving record. */
SELECT
  q.person_id AS person_id,
  p.PAT_FIRST_NAME AS first_name,
  p.PAT_LAST_NAME AS last_name,
  q.birth_date AS birth_date,
  q.sex AS sex,
  p.ZIP AS zip,
  p.HOME_PHONE AS phone,
  p.EMAIL_ADDRESS AS email,
  p.ADD_LINE_1 AS address
FROM persons AS q
JOIN PATIENT AS p ON p.PAT_ID = q.person_id
