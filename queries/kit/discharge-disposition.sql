/*
title = "Where people go after a stay with spine surgery"
source = "Groups of the UB-04 patient discharge status as the relation encounter holds them; home against facility as in the spine literature (design choice)"
conventions = [
    "One row per stay with at least one procedure of the code set on one of its encounters; the procedure's encounter has to be known.",
    "Stays are joined as in hospital-stays: after a transfer the last hospital tells the destination.",
    "destination: home (home, home-health), facility (skilled-nursing, rehabilitation, long-term-care, psychiatric, hospital), hospice, died, against-advice, other; unknown where the site does not tell.",
    "home is 1 for home, 0 for every other known destination, empty where it is unknown.",
    "surgery_date is the first day of such a procedure in the stay; several of them are one row. Every stay counts, not only a person's first.",
    "Discharge on a day of since to until, both included; a stay without a known discharge is left out.",
]

[parameters]
surgery = { type = "codes", default = "any-spine-surgery" }
observation = { type = "integer", default = 1 }
gap = { type = "days", default = 1 }
transfer_gap = { type = "days", default = 1 }
since = { type = "date", default = "1900-01-01" }
until = { type = "date", default = "9998-12-31" }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
surgery_date = ["date", "C"]
discharge_date = ["date", "C"]
discharged_to = ["text", "none"]
destination = ["text", "none"]
home = ["integer", "none"]
*/
WITH surgical_stays AS (
  SELECT
    s.person_id AS person_id,
    s.stay_number AS stay_number,
    MIN(x.event_date) AS surgery_date
  FROM bed_stays AS s
  JOIN procedures AS x ON x.person_id = s.person_id AND x.encounter_id = s.encounter_id
  WHERE EHR_IN_CODES(x, :surgery)
  GROUP BY s.person_id, s.stay_number
),
destinations AS (
  SELECT
    h.*,
    t.surgery_date AS surgery_date,
    CASE
      WHEN h.discharged_to IS NULL THEN 'unknown'
      WHEN h.discharged_to IN ('home', 'home-health') THEN 'home'
      WHEN h.discharged_to IN (
        'skilled-nursing', 'rehabilitation', 'long-term-care', 'psychiatric', 'hospital'
      ) THEN 'facility'
      ELSE h.discharged_to
    END AS destination
  FROM hospital_stays AS h
  JOIN surgical_stays AS t ON t.person_id = h.person_id AND t.stay_number = h.stay_number
  WHERE h.discharge_date BETWEEN :since AND :until
)
SELECT
  d.person_id AS person_id,
  d.encounter_id AS encounter_id,
  d.surgery_date AS surgery_date,
  d.discharge_date AS discharge_date,
  d.discharged_to AS discharged_to,
  d.destination AS destination,
  CASE WHEN d.destination = 'home' THEN 1 WHEN NOT d.destination = 'unknown' THEN 0 END AS home
FROM destinations AS d
ORDER BY d.person_id, d.discharge_date, d.encounter_id
