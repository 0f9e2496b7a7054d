/* OMOP keeps no names, phones or e-mail addresses; birth date, sex and address are all there is. */
SELECT
  EHR_TEXT(p.person_id) AS person_id,
  EHR_NO_TEXT() AS first_name,
  EHR_NO_TEXT() AS last_name,
  q.birth_date AS birth_date,
  q.sex AS sex,
  EHR_TEXT(l.zip) AS zip,
  EHR_NO_TEXT() AS phone,
  EHR_NO_TEXT() AS email,
  EHR_TEXT(l.address_1) AS address
FROM PERSON AS p
JOIN persons AS q ON q.person_id = EHR_TEXT(p.person_id)
LEFT JOIN LOCATION AS l ON l.location_id = p.location_id
