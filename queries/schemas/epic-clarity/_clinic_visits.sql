/* Contacts outside the hospital record that took place: a department is named (system contacts
   have none), and the appointment was not canceled, missed or still to come. */
SELECT
  e.PAT_ENC_CSN_ID AS csn,
  m.person_id AS person_id,
  e.DEPARTMENT_ID AS department_id,
  CASE
    WHEN LOWER(z.NAME) IN ('surgery', 'telephone', 'anesthesia', 'anesthesia event') THEN 'other'
    ELSE 'outpatient'
  END AS kind,
  EHR_TO_DATE(e.CONTACT_DATE) AS visit_date,
  COALESCE(
    EHR_TO_TIME(e.CHECKIN_TIME), EHR_TO_TIME(e.APPT_TIME), EHR_TO_TIME(e.CONTACT_DATE)
  ) AS start_time
FROM PAT_ENC AS e
JOIN patients AS m ON m.pat_id = e.PAT_ID
LEFT JOIN ZC_APPT_STATUS AS a ON EHR_TEXT(a.APPT_STATUS_C) = EHR_TEXT(e.APPT_STATUS_C)
LEFT JOIN ZC_DISP_ENC_TYPE AS z ON EHR_TEXT(z.DISP_ENC_TYPE_C) = EHR_TEXT(e.ENC_TYPE_C)
LEFT JOIN PAT_ENC_HSP AS h ON h.PAT_ENC_CSN_ID = e.PAT_ENC_CSN_ID
WHERE h.PAT_ENC_CSN_ID IS NULL
  AND e.DEPARTMENT_ID IS NOT NULL
  AND COALESCE(LOWER(a.NAME), 'completed') IN ('completed', 'arrived')
