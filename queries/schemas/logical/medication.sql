SELECT
  r.person_id AS person_id,
  EHR_TEXT(r.encounter_id) AS encounter_id,
  EHR_TEXT(r.event_id) AS event_id,
  EHR_TO_DATE(r.event_date) AS event_date,
  EHR_TO_DATE(r.end_date) AS end_date,
  EHR_TO_TIME(r.event_time) AS event_time,
  r.vocabulary AS vocabulary,
  EHR_CODE(r.code) AS code,
  r.name AS name,
  r.setting AS setting,
  EHR_NUMBER(r.quantity) AS quantity,
  EHR_INTEGER(r.days_supply) AS days_supply,
  EHR_NUMBER(r.strength) AS strength,
  r.strength_unit AS strength_unit
FROM EHRKIT_MEDICATION AS r
