/* Which of the four signals say that an encounter passed through the emergency department. */
SELECT
  r.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(r.encounter_key)) AS encounter_id,
  r.ed_record AS ed_record,
  r.base_class AS base_class,
  r.class_or_department AS class_or_department,
  r.billing AS billing
FROM signalled_registrations AS r
WHERE r.signals > 0
