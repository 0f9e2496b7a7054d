/* Which of the four signals say that a hospital contact passed through the emergency department. */
SELECT
  s.person_id AS person_id,
  EHR_TEXT(s.csn) AS encounter_id,
  s.ed_record AS ed_record,
  s.base_class AS base_class,
  s.class_or_department AS class_or_department,
  s.billing AS billing
FROM signalled_stays AS s
WHERE s.signals > 0
