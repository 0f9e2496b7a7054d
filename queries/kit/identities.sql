/*
title = "Names, birth date, sex and contact details of each person, for record linkage"
conventions = ["One row per surviving record; test patients are left out."]

[columns]
person_id = ["text", "R"]
first_name = ["text", "A"]
last_name = ["text", "A"]
birth_date = ["date", "C"]
sex = ["text", "quasi"]
zip = ["text", "B"]
phone = ["text", "D"]
email = ["text", "F"]
address = ["text", "B"]
*/
SELECT
  i.person_id AS person_id,
  i.first_name AS first_name,
  i.last_name AS last_name,
  i.birth_date AS birth_date,
  i.sex AS sex,
  i.zip AS zip,
  i.phone AS phone,
  i.email AS email,
  i.address AS address
FROM identities AS i
ORDER BY i.person_id
