/*
title = "Which of the four signals show each emergency visit"
conventions = [
    "1 means that the signal is there. Billing is net of reversals.",
    "The last class alone misses every visit that became an admission.",
    "at_most = 3 lists the disagreements; ed-signal-disagreements counts them.",
]

[parameters]
at_most = { type = "integer", default = 4 }

[columns]
person_id = ["text", "R"]
encounter_id = ["text", "R"]
ed_record = ["integer", "none"]
base_class = ["integer", "none"]
class_or_department = ["integer", "none"]
billing = ["integer", "none"]
signals = ["integer", "none"]
*/
SELECT
  s.person_id AS person_id,
  s.encounter_id AS encounter_id,
  s.ed_record AS ed_record,
  s.base_class AS base_class,
  s.class_or_department AS class_or_department,
  s.billing AS billing,
  s.ed_record + s.base_class + s.class_or_department + s.billing AS signals
FROM ed_signals AS s
WHERE s.ed_record + s.base_class + s.class_or_department + s.billing <= :at_most
ORDER BY s.person_id, s.encounter_id
