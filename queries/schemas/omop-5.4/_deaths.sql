/* One death per person, the earliest that was recorded. */
SELECT d.person_id AS person_id, MIN(EHR_TO_DATE(d.death_date)) AS death_date
FROM DEATH AS d
GROUP BY d.person_id
