/*
title = "Length of stay in calendar days"
source = "CMS, Medicare Benefit Policy Manual, chapter 3, section 20.1: a day begins at midnight and the day of discharge is not counted"
conventions = [
    "Midnights are counted, not hours. A discharge on the day of admission is 0 days; the manual, which counts days to be paid, makes it one.",
    "A stay without an end is kept, with no length.",
]

[parameters]
kind = { type = "text", default = "inpatient", one_of = ["inpatient", "emergency", "observation", "outpatient", "other"] }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
start_date = ["date", "C"]
end_date = ["date", "C"]
days = ["integer", "none"]
disposition = ["text", "none"]
*/
SELECT
  e.person_id AS person_id,
  e.encounter_id AS encounter_id,
  e.event_date AS start_date,
  e.end_date AS end_date,
  EHR_DAY_DIFF(e.event_date, e.end_date) AS days,
  e.disposition AS disposition
FROM encounters AS e
WHERE e.kind = :kind AND e.event_date BETWEEN :since AND :until
ORDER BY e.person_id, e.event_date, e.encounter_id
