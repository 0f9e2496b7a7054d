/* Smoking status as asked at a contact, in the site's own words (LOINC 72166-2). */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(e.PAT_ENC_CSN_ID) AS encounter_id,
  EHR_KEY('smoking', EHR_TEXT(e.PAT_ENC_CSN_ID)) AS event_id,
  EHR_TO_DATE(e.CONTACT_DATE) AS event_date,
  '72166-2' AS code,
  z.NAME AS value_text
FROM SOCIAL_HX AS s
JOIN PAT_ENC AS e ON e.PAT_ENC_CSN_ID = s.PAT_ENC_CSN_ID
JOIN patients AS m ON m.pat_id = e.PAT_ID
JOIN ZC_SMOKING_TOB_USE AS z ON EHR_TEXT(z.SMOKING_TOB_USE_C) = EHR_TEXT(s.SMOKING_TOB_USE_C)
