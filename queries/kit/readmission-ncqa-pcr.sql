/*
title = "30-day unplanned readmission as in NCQA Plan All-Cause Readmissions"
source = "NCQA HEDIS, Plan All-Cause Readmissions (PCR), as described on public health plan pages (Johns Hopkins Health Plans; BCBS of North Dakota) and in the NCQA measure description"
conventions = [
    "One row per discharge from an acute inpatient or observation stay; a readmission may itself be an index.",
    "Stays that start at most gap days after another one ended (1: the same or the next day) are one stay, a direct transfer; two days apart they are two. It ends with the row that ends last; its codes are those of all its encounters.",
    "Index: discharged on a day of since to until (both included), of minimum_age to maximum_age on the day of discharge, not admitted and discharged on one day, alive (not discharged as died, no death on or before the discharge), without a principal diagnosis of excluded_diagnosis, and inside one observation period from observed_before days before to observed_after days after the discharge (NCQA asks for 365 and 30 days of enrolment, which a chart does not know).",
    "Readmission: the first later stay within window days of the discharge (day window included) that was neither planned nor of an excluded_diagnosis. A planned stay before it does not stop the count.",
    "Planned: always for always_planned codes; for planned_procedure where no principal diagnosis is in acute_diagnosis. The shipped code sets stand in for NCQA's value sets, which are not public: give a site's own with --set and --codes.",
    "Not implemented: hospice members, outliers with many stays, perinatal diagnoses, risk adjustment, the restriction of discharges to the first eleven months.",
    "A stay without a known end is no index, but can be a readmission. Diagnoses without a position are not principal. Death after the discharge does not shorten the window.",
]

[parameters]
window = { type = "days", default = 30 }
minimum_age = { type = "integer", default = 18 }
maximum_age = { type = "integer", default = 150 }
observed_before = { type = "days", default = 0 }
observed_after = { type = "days", default = 0 }
observation = { type = "integer", default = 1 }
gap = { type = "days", default = 1 }
transfer_gap = { type = "days", default = 1 }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }
always_planned_procedure = { type = "codes", default = "always-planned-procedure" }
always_planned_diagnosis = { type = "codes", default = "always-planned-diagnosis" }
planned_procedure = { type = "codes", default = "potentially-planned-procedure" }
acute_diagnosis = { type = "codes", default = "acute-diagnosis" }
excluded_diagnosis = { type = "codes", default = "pregnancy" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
admission_date = ["date", "C"]
discharge_date = ["date", "C"]
discharged_to = ["text", "none"]
age = ["integer", "quasi"]
readmitted = ["integer", "none"]
readmission_date = ["date", "C"]
days_to_readmission = ["integer", "none"]
*/
WITH index_stays AS (
  SELECT
    h.*,
    EHR_AGE(p.birth_date, h.discharge_date) AS age
  FROM hospital_stays AS h
  JOIN persons AS p ON p.person_id = h.person_id
  JOIN stay_reasons AS w ON w.person_id = h.person_id AND w.stay_number = h.stay_number
  WHERE h.discharge_date BETWEEN :since AND :until
    AND h.discharge_date > h.admission_date
    AND EHR_AGE(p.birth_date, h.discharge_date) BETWEEN :minimum_age AND :maximum_age
    AND NOT COALESCE(h.discharged_to, '-') = 'died'
    AND (p.death_date IS NULL OR p.death_date > h.discharge_date)
    AND w.excluded = 0
    AND EXISTS (
      SELECT 1
      FROM observations AS o
      WHERE o.person_id = h.person_id
        AND EHR_DAY_DIFF(o.start_date, h.discharge_date) >= :observed_before
        AND EHR_DAY_DIFF(h.discharge_date, o.end_date) >= :observed_after
    )
),
later_stays AS (
  SELECT
    i.person_id AS person_id,
    i.stay_number AS stay_number,
    r.admission_date AS admission_date,
    ROW_NUMBER() OVER (PARTITION BY i.person_id, i.stay_number ORDER BY r.stay_number) AS place
  FROM index_stays AS i
  JOIN hospital_stays AS r ON r.person_id = i.person_id AND r.stay_number > i.stay_number
  JOIN stay_reasons AS w ON w.person_id = r.person_id AND w.stay_number = r.stay_number
  WHERE EHR_DAY_DIFF(i.discharge_date, r.admission_date) <= :window
    AND w.planned = 0
    AND w.excluded = 0
)
SELECT
  i.person_id AS person_id,
  i.encounter_id AS encounter_id,
  i.admission_date AS admission_date,
  i.discharge_date AS discharge_date,
  i.discharged_to AS discharged_to,
  i.age AS age,
  CASE WHEN l.place = 1 THEN 1 ELSE 0 END AS readmitted,
  l.admission_date AS readmission_date,
  EHR_DAY_DIFF(i.discharge_date, l.admission_date) AS days_to_readmission
FROM index_stays AS i
LEFT JOIN later_stays AS l
  ON l.person_id = i.person_id AND l.stay_number = i.stay_number AND l.place = 1
ORDER BY i.person_id, i.discharge_date, i.encounter_id
