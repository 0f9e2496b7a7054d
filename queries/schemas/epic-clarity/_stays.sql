/* Hospital contacts that took place: no preadmissions, no canceled admissions. A missing
   discharge time stays missing: still in house, or never closed. */
SELECT
  h.PAT_ENC_CSN_ID AS csn,
  h.HSP_ACCOUNT_ID AS account_id,
  m.person_id AS person_id,
  COALESCE(LOWER(c.NAME), '-') AS class_name,
  EHR_TO_TIME(h.ADT_ARRIVAL_TIME) AS arrived,
  EHR_TO_TIME(h.HOSP_ADMSN_TIME) AS admitted,
  EHR_TO_TIME(h.HOSP_DISCH_TIME) AS discharged,
  EHR_TO_TIME(h.INP_ADM_DATE) AS inpatient_from,
  EHR_TO_TIME(h.OP_ADM_DATE) AS outpatient_from,
  EHR_TO_TIME(h.EMER_ADM_DATE) AS emergency_from,
  h.ED_EPISODE_ID AS ed_episode_id,
  EHR_TO_TIME(h.ED_DEPARTURE_TIME) AS ed_left,
  h.DEPARTMENT_ID AS department_id,
  h.ED_DISPOSITION_C AS ed_disposition_id,
  h.DISCH_DISP_C AS disposition_id
FROM PAT_ENC_HSP AS h
JOIN patients AS m ON m.pat_id = h.PAT_ID
LEFT JOIN ZC_PAT_CLASS AS c ON EHR_TEXT(c.ADT_PAT_CLASS_C) = EHR_TEXT(h.ADT_PAT_CLASS_C)
LEFT JOIN ZC_PAT_STATUS AS s ON EHR_TEXT(s.ADT_PATIENT_STAT_C) = EHR_TEXT(h.ADT_PATIENT_STAT_C)
LEFT JOIN ZC_CONF_STAT AS f ON EHR_TEXT(f.ADMIT_CONF_STAT_C) = EHR_TEXT(h.ADMIT_CONF_STAT_C)
WHERE COALESCE(LOWER(s.NAME), '-') <> 'preadmission'
  AND COALESCE(LOWER(f.NAME), '-') NOT IN ('canceled', 'cancelled')
