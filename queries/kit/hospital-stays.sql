/*
title = "Hospital stays with their length: observation and transfers joined"
source = "NCQA HEDIS stay rule as described for Plan All-Cause Readmissions: stays are distinct where two or more calendar days lie between discharge and admission"
conventions = [
    "One row per stay. Inpatient rows, and observation rows unless observation = 0, are one stay where one starts at most gap days after another ended (1: the same or the next day), or transfer_gap days where that one led to a hospital. Rows that overlap are always one stay.",
    "A row without an end, or with an end before its start, lasts its first day. A stay with a row that has no end has no discharge and no length.",
    "nights are midnights from the first admission to the last discharge: 0 on one day. calendar_days count both of these days: nights + 1. Nights between two joined stays are counted.",
    "parts counts the rows that were joined; inpatient is 1 where one of them is inpatient.",
    "encounter_id and discharged_to are those of the row that ends last. Rows without a start are left out.",
    "Admission on a day of since to until, both included. Death is not looked at.",
]

[parameters]
observation = { type = "integer", default = 1 }
gap = { type = "days", default = 1 }
transfer_gap = { type = "days", default = 1 }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
admission_date = ["date", "C"]
discharge_date = ["date", "C"]
nights = ["integer", "none"]
calendar_days = ["integer", "none"]
discharged_to = ["text", "none"]
parts = ["integer", "none"]
inpatient = ["integer", "none"]
*/
SELECT
  h.person_id AS person_id,
  h.encounter_id AS encounter_id,
  h.admission_date AS admission_date,
  h.discharge_date AS discharge_date,
  EHR_DAY_DIFF(h.admission_date, h.discharge_date) AS nights,
  EHR_DAY_DIFF(h.admission_date, h.discharge_date) + 1 AS calendar_days,
  h.discharged_to AS discharged_to,
  h.parts AS parts,
  h.inpatient AS inpatient
FROM hospital_stays AS h
WHERE h.admission_date BETWEEN :since AND :until
ORDER BY h.person_id, h.admission_date, h.encounter_id
