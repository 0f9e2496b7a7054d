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
WITH pairs AS (
  SELECT
    i.*,
    EHR_AGE(i.birth_date, i.discharge_date) AS age,
    r.admission_date AS next_date,
    ROW_NUMBER() OVER (
      PARTITION BY i.person_id, i.stay_number
      ORDER BY COALESCE(r.stay_number, 0)
    ) AS place
  FROM coded_stays AS i
  LEFT JOIN coded_stays AS r
    ON r.person_id = i.person_id
    AND r.stay_number > i.stay_number
    AND r.planned = 0
    AND r.excluded = 0
    AND EHR_DAY_DIFF(i.discharge_date, r.admission_date) <= :window
  WHERE i.discharge_date BETWEEN :since AND :until
    AND i.discharge_date > i.admission_date
    AND EHR_AGE(i.birth_date, i.discharge_date) BETWEEN :minimum_age AND :maximum_age
    AND NOT COALESCE(i.discharged_to, '-') = 'died'
    AND (i.death_date IS NULL OR i.death_date > i.discharge_date)
    AND i.excluded = 0
    AND EXISTS (
      SELECT 1
      FROM observations AS o
      WHERE o.person_id = i.person_id
        AND EHR_DAY_DIFF(o.start_date, i.discharge_date) >= :observed_before
        AND EHR_DAY_DIFF(i.discharge_date, o.end_date) >= :observed_after
    )
)
SELECT
  i.person_id AS person_id,
  i.encounter_id AS encounter_id,
  i.admission_date AS admission_date,
  i.discharge_date AS discharge_date,
  i.discharged_to AS discharged_to,
  i.age AS age,
  CASE WHEN i.next_date IS NULL THEN 0 ELSE 1 END AS readmitted,
  i.next_date AS readmission_date,
  EHR_DAY_DIFF(i.discharge_date, i.next_date) AS days_to_readmission
FROM pairs AS i
WHERE i.place = 1
ORDER BY i.person_id, i.discharge_date, i.encounter_id
