/*
title = "Encounters of all persons, by kind and first day"
conventions = [
    "An emergency visit that became an admission is two rows with one encounter_id.",
    "Both dates belong to the range. Encounters without a start are left out.",
]

[parameters]
kind = { type = "text", default = "any", one_of = ["any", "inpatient", "emergency", "observation", "outpatient", "other"] }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
kind = ["text", "none"]
start_time = ["time", "C"]
end_time = ["time", "C"]
start_date = ["date", "C"]
end_date = ["date", "C"]
disposition = ["text", "none"]
*/
SELECT
  e.person_id AS person_id,
  e.encounter_id AS encounter_id,
  e.kind AS kind,
  e.event_time AS start_time,
  e.end_time AS end_time,
  e.event_date AS start_date,
  e.end_date AS end_date,
  e.disposition AS disposition
FROM encounters AS e
WHERE e.event_date BETWEEN :since AND :until
  AND (:kind = 'any' OR e.kind = :kind)
ORDER BY e.person_id, e.event_date, e.encounter_id, e.kind
