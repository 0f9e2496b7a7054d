SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_INTEGER(r.ed_record) AS ed_record,
  EHR_INTEGER(r.base_class) AS base_class,
  EHR_INTEGER(r.class_or_department) AS class_or_department,
  EHR_INTEGER(r.billing) AS billing
FROM EHRKIT_ED_SIGNAL AS r
