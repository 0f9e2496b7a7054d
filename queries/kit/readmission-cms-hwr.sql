/*
title = "30-day unplanned readmission as in CMS Hospital-Wide Readmission"
source = "CMS/YNHHSC CORE, Hospital-Wide All-Cause Unplanned Readmission (HWR), CBE 1789/3656; CMS Planned Readmission Algorithm 4.0"
conventions = [
    "One row per discharge from an inpatient stay; a readmission may itself be an index.",
    "Transfer: rows that overlap, and a stay that starts 0 to transfer_gap days after one that led to a hospital, are one stay. It ends with the row that ends last; its codes are those of all its encounters.",
    "Index: discharged on a day of since to until (both included), of minimum_age or older on the day of admission, alive (not discharged as died, no death on or before the discharge), not against advice, not to a hospital where no stay follows, not with a principal diagnosis of excluded_diagnosis.",
    "Readmission: the first later stay that starts first_day to window days after the discharge (both included; day 0 is the day of discharge). CMS leaves out day 0 only for the same condition at the same hospital; first_day = 1 leaves all of it out.",
    "Only that first stay counts: where it was planned, readmitted is 0 and later stays do not count. Ties on a day: the one that ends first.",
    "Planned: always for always_planned codes; for planned_procedure where no principal diagnosis is in acute_diagnosis. The shipped code sets stand in for the AHRQ CCS groups of the algorithm: give a site's own with --set and --codes.",
    "Not implemented: Medicare enrolment, the exclusion of cancer hospitals, the specialty cohorts, risk adjustment. Cancer as the principal diagnosis is left out with and without surgery.",
    "A stay without a known end is no index, but can be a readmission. Diagnoses without a position are not principal. Death or loss after the discharge does not shorten the window: choose until at least window days before the end of the data.",
]

[parameters]
window = { type = "days", default = 30 }
first_day = { type = "days", default = 1 }
minimum_age = { type = "integer", default = 65 }
observation = { type = "integer", default = 0 }
gap = { type = "days", default = -1 }
transfer_gap = { type = "days", default = 1 }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }
always_planned_procedure = { type = "codes", default = "always-planned-procedure" }
always_planned_diagnosis = { type = "codes", default = "always-planned-diagnosis" }
planned_procedure = { type = "codes", default = "potentially-planned-procedure" }
acute_diagnosis = { type = "codes", default = "acute-diagnosis" }
excluded_diagnosis = { type = "codes", default = "readmission-excluded-diagnosis" }

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
planned_first = ["integer", "none"]
*/
WITH pairs AS (
  SELECT
    i.*,
    EHR_AGE(i.birth_date, i.admission_date) AS age,
    r.admission_date AS next_date,
    r.planned AS next_planned,
    ROW_NUMBER() OVER (
      PARTITION BY i.person_id, i.stay_number
      ORDER BY COALESCE(r.stay_number, 0)
    ) AS place
  FROM coded_stays AS i
  LEFT JOIN coded_stays AS r
    ON r.person_id = i.person_id
    AND r.stay_number > i.stay_number
    AND EHR_DAY_DIFF(i.discharge_date, r.admission_date) BETWEEN :first_day AND :window
  WHERE i.discharge_date BETWEEN :since AND :until
    AND EHR_AGE(i.birth_date, i.admission_date) >= :minimum_age
    AND NOT COALESCE(i.discharged_to, '-') IN ('died', 'against-advice', 'hospital')
    AND (i.death_date IS NULL OR i.death_date > i.discharge_date)
    AND i.excluded = 0
)
SELECT
  i.person_id AS person_id,
  i.encounter_id AS encounter_id,
  i.admission_date AS admission_date,
  i.discharge_date AS discharge_date,
  i.discharged_to AS discharged_to,
  i.age AS age,
  CASE WHEN i.next_planned = 0 THEN 1 ELSE 0 END AS readmitted,
  CASE WHEN i.next_planned = 0 THEN i.next_date END AS readmission_date,
  CASE WHEN i.next_planned = 0 THEN EHR_DAY_DIFF(i.discharge_date, i.next_date) END
    AS days_to_readmission,
  COALESCE(i.next_planned, 0) AS planned_first
FROM pairs AS i
WHERE i.place = 1
ORDER BY i.person_id, i.discharge_date, i.encounter_id
