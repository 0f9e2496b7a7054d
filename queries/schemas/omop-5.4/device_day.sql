/* The table DEVICE_DAY is yours to add: what `ehrkit wear daily --crosswalk` writes, where person_id
   is the person of this chart. Nothing ties a day with a device to an encounter. */
SELECT
  EHR_TEXT(d.person_id) AS person_id,
  EHR_NO_TEXT() AS encounter_id,
  EHR_KEY(EHR_TEXT(d.person_id), EHR_TEXT(EHR_TO_DATE(d.date))) AS event_id,
  EHR_TO_DATE(d.date) AS event_date,
  EHR_INTEGER(d.steps) AS steps,
  EHR_INTEGER(d.wear_minutes) AS wear_minutes,
  CASE
    WHEN LOWER(EHR_TEXT(d.valid)) IN ('true', 't', '1') THEN 1
    WHEN LOWER(EHR_TEXT(d.valid)) IN ('false', 'f', '0') THEN 0
  END AS valid
FROM DEVICE_DAY AS d
