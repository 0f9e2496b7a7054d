/* Contacts outside the hospital record that took place: a department is named (system contacts
   have none), and the appointment was not canceled, missed or still to come. Category names are
   read once each, for a chart has more contacts than anything else. */
WITH appointment_statuses AS (
  SELECT
    a.APPT_STATUS_C AS status_id,
    CASE WHEN COALESCE(LOWER(a.NAME), 'completed') IN ('completed', 'arrived') THEN 1 ELSE 0 END
      AS took_place
  FROM ZC_APPT_STATUS AS a
),
visit_types AS (
  SELECT
    z.DISP_ENC_TYPE_C AS type_id,
    CASE
      WHEN LOWER(z.NAME) IN ('surgery', 'telephone', 'anesthesia', 'anesthesia event') THEN 'other'
      ELSE 'outpatient'
    END AS kind
  FROM ZC_DISP_ENC_TYPE AS z
)
SELECT
  e.PAT_ENC_CSN_ID AS csn,
  m.person_id AS person_id,
  e.DEPARTMENT_ID AS department_id,
  COALESCE(t.kind, 'outpatient') AS kind,
  EHR_TO_DATE(e.CONTACT_DATE) AS visit_date,
  COALESCE(
    EHR_TO_TIME(e.CHECKIN_TIME), EHR_TO_TIME(e.APPT_TIME), EHR_TO_TIME(e.CONTACT_DATE)
  ) AS start_time
FROM PAT_ENC AS e
JOIN patients AS m ON m.pat_id = e.PAT_ID
LEFT JOIN appointment_statuses AS a ON a.status_id = e.APPT_STATUS_C
LEFT JOIN visit_types AS t ON t.type_id = e.ENC_TYPE_C
LEFT JOIN PAT_ENC_HSP AS h ON h.PAT_ENC_CSN_ID = e.PAT_ENC_CSN_ID
WHERE h.PAT_ENC_CSN_ID IS NULL
  AND e.DEPARTMENT_ID IS NOT NULL
  AND COALESCE(a.took_place, 1) = 1
