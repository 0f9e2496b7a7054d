/*
title = "How the four signals of an emergency visit agree: encounters per combination"
conventions = [
    "1 means that the signal is there. All four agree where signals is 4; each other row is a disagreement.",
    "Billing is net of reversals. The last class alone misses every visit that became an admission.",
    "Only encounters that at least one signal shows are counted.",
]

[columns]
signals = ["integer", "none"]
ed_record = ["integer", "none"]
base_class = ["integer", "none"]
class_or_department = ["integer", "none"]
billing = ["integer", "none"]
encounters = ["integer", "none"]
persons = ["integer", "none"]
*/
SELECT
  s.ed_record + s.base_class + s.class_or_department + s.billing AS signals,
  s.ed_record AS ed_record,
  s.base_class AS base_class,
  s.class_or_department AS class_or_department,
  s.billing AS billing,
  COUNT(*) AS encounters,
  COUNT(DISTINCT s.person_id) AS persons
FROM ed_signals AS s
GROUP BY s.ed_record, s.base_class, s.class_or_department, s.billing
ORDER BY signals DESC, s.ed_record, s.base_class, s.class_or_department, s.billing
