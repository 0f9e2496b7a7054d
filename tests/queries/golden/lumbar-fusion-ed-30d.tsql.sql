WITH merges AS (
  SELECT
    h.PATIENT_MRG_HIST AS old_id,
    MIN(h.PAT_ID) AS new_id
  FROM PAT_MERGE_HISTORY AS h
  WHERE
    NOT h.PATIENT_MRG_HIST IS NULL AND h.PATIENT_MRG_HIST <> h.PAT_ID
  GROUP BY
    h.PATIENT_MRG_HIST
), patient_records AS (
  SELECT
    p.PAT_ID AS pat_id
  FROM PATIENT AS p
  UNION
  SELECT
    m.old_id AS pat_id
  FROM merges AS m
), survivors AS (
  SELECT
    r.pat_id AS pat_id,
    COALESCE(m3.new_id, m2.new_id, m1.new_id, r.pat_id) AS person_id
  FROM patient_records AS r
  LEFT JOIN merges AS m1
    ON m1.old_id = r.pat_id
  LEFT JOIN merges AS m2
    ON m2.old_id = m1.new_id
  LEFT JOIN merges AS m3
    ON m3.old_id = m2.new_id
), patients AS (
  SELECT
    s.pat_id AS pat_id,
    s.person_id AS person_id
  FROM survivors AS s
  JOIN PATIENT AS p
    ON p.PAT_ID = s.person_id
  LEFT JOIN PATIENT_3 AS t
    ON t.PAT_ID = p.PAT_ID
  WHERE
    COALESCE(t.IS_TEST_PAT_YN, 'N') <> 'Y'
    AND COALESCE(UPPER(p.PAT_NAME), '-') NOT LIKE '%ZZTEST%' COLLATE Latin1_General_BIN2
    AND COALESCE(UPPER(p.PAT_MRN_ID), '-') NOT LIKE 'ZZ%' COLLATE Latin1_General_BIN2
), deaths AS (
  /* The earliest death date on any record of the person. Deaths outside the hospital are often
   missing: no date does not mean alive. */
  SELECT
    m.person_id AS person_id,
    MIN(CAST(p.DEATH_DATE AS DATE)) AS death_date
  FROM patients AS m
  JOIN PATIENT AS p
    ON p.PAT_ID = m.pat_id
  GROUP BY
    m.person_id
), persons AS (
  /* One row per surviving record, with the race and ethnic group of that record. */
  SELECT
    m.person_id AS person_id,
    CAST(p.BIRTH_DATE AS DATE) AS birth_date,
    CASE LOWER(z.NAME) WHEN 'female' THEN 'female' WHEN 'male' THEN 'male' ELSE 'unknown' END AS sex,
    d.death_date AS death_date
  FROM patients AS m
  JOIN PATIENT AS p
    ON p.PAT_ID = m.pat_id
  LEFT JOIN ZC_SEX AS z
    ON CAST(z.RCPT_MEM_SEX_C AS VARCHAR(255)) = CAST(p.SEX_C AS VARCHAR(255))
  LEFT JOIN ZC_ETHNIC_GROUP AS e
    ON CAST(e.ETHNIC_GROUP_C AS VARCHAR(255)) = CAST(p.ETHNIC_GROUP_C AS VARCHAR(255))
  LEFT JOIN deaths AS d
    ON d.person_id = m.person_id
  WHERE
    m.pat_id = m.person_id
), appointment_statuses AS (
  SELECT
    a.APPT_STATUS_C AS status_id,
    CASE WHEN COALESCE(LOWER(a.NAME), 'completed') IN ('completed', 'arrived') THEN 1 ELSE 0 END AS took_place
  FROM ZC_APPT_STATUS AS a
), visit_types AS (
  SELECT
    z.DISP_ENC_TYPE_C AS type_id,
    CASE
      WHEN LOWER(z.NAME) IN ('surgery', 'telephone', 'anesthesia', 'anesthesia event')
      THEN 'other'
      ELSE 'outpatient'
    END AS kind
  FROM ZC_DISP_ENC_TYPE AS z
), clinic_visits AS (
  SELECT
    e.PAT_ENC_CSN_ID AS csn,
    m.person_id AS person_id,
    e.DEPARTMENT_ID AS department_id,
    COALESCE(t.kind, 'outpatient') AS kind,
    CAST(e.CONTACT_DATE AS DATE) AS visit_date,
    COALESCE(CAST(e.CHECKIN_TIME AS DATETIME2), CAST(e.APPT_TIME AS DATETIME2), CAST(e.CONTACT_DATE AS DATETIME2)) AS start_time
  FROM PAT_ENC AS e
  JOIN patients AS m
    ON m.pat_id = e.PAT_ID
  LEFT JOIN appointment_statuses AS a
    ON a.status_id = e.APPT_STATUS_C
  LEFT JOIN visit_types AS t
    ON t.type_id = e.ENC_TYPE_C
  LEFT JOIN PAT_ENC_HSP AS h
    ON h.PAT_ENC_CSN_ID = e.PAT_ENC_CSN_ID
  WHERE
    h.PAT_ENC_CSN_ID IS NULL AND NOT e.DEPARTMENT_ID IS NULL AND COALESCE(a.took_place, 1) = 1
), dispositions AS (
  /* The site's own words for where patients were discharged to. */
  SELECT DISTINCT
    z.NAME AS disposition,
    LOWER(z.NAME) AS words
  FROM ZC_DISCH_DISP AS z
), discharges AS (
  /* Where each discharge disposition of a site leads to, by its words (`dispositions`); after the groups
   of the UB-04 patient discharge status codes. Words that fit none are `other`. */
  SELECT
    d.disposition AS disposition
  FROM dispositions AS d
), stays AS (
  /* Hospital contacts that took place: no preadmissions, no canceled admissions. A missing
   discharge time stays missing: still in house, or never closed. */
  SELECT
    h.PAT_ENC_CSN_ID AS csn,
    h.HSP_ACCOUNT_ID AS account_id,
    m.person_id AS person_id,
    COALESCE(LOWER(c.NAME), '-') AS class_name,
    CAST(h.ADT_ARRIVAL_TIME AS DATETIME2) AS arrived,
    CAST(h.HOSP_ADMSN_TIME AS DATETIME2) AS admitted,
    CAST(h.HOSP_DISCH_TIME AS DATETIME2) AS discharged,
    CAST(h.INP_ADM_DATE AS DATETIME2) AS inpatient_from,
    CAST(h.OP_ADM_DATE AS DATETIME2) AS outpatient_from,
    CAST(h.EMER_ADM_DATE AS DATETIME2) AS emergency_from,
    h.ED_EPISODE_ID AS ed_episode_id,
    CAST(h.ED_DEPARTURE_TIME AS DATETIME2) AS ed_left,
    h.DEPARTMENT_ID AS department_id,
    h.ED_DISPOSITION_C AS ed_disposition_id,
    h.DISCH_DISP_C AS disposition_id
  FROM PAT_ENC_HSP AS h
  JOIN patients AS m
    ON m.pat_id = h.PAT_ID
  LEFT JOIN ZC_PAT_CLASS AS c
    ON CAST(c.ADT_PAT_CLASS_C AS VARCHAR(255)) = CAST(h.ADT_PAT_CLASS_C AS VARCHAR(255))
  LEFT JOIN ZC_PAT_STATUS AS s
    ON CAST(s.ADT_PATIENT_STAT_C AS VARCHAR(255)) = CAST(h.ADT_PATIENT_STAT_C AS VARCHAR(255))
  LEFT JOIN ZC_CONF_STAT AS f
    ON CAST(f.ADMIT_CONF_STAT_C AS VARCHAR(255)) = CAST(h.ADMIT_CONF_STAT_C AS VARCHAR(255))
  WHERE
    COALESCE(LOWER(s.NAME), '-') <> 'preadmission'
    AND NOT COALESCE(LOWER(f.NAME), '-') IN ('canceled', 'cancelled')
), ed_records AS (
  SELECT DISTINCT
    f.PAT_ENC_CSN_ID AS csn
  FROM F_ED_ENCOUNTERS AS f
), ed_base_classes AS (
  SELECT DISTINCT
    a.PAT_ENC_CSN_ID AS csn
  FROM CLARITY_ADT AS a
  JOIN ZC_ACCT_BASECLS_HA AS b
    ON CAST(b.ACCT_BASECLS_HA_C AS VARCHAR(255)) = CAST(a.BASE_PAT_CLASS_C AS VARCHAR(255))
    AND LOWER(b.NAME) = 'emergency'
  LEFT JOIN ZC_EVENT_SUBTYPE AS s
    ON CAST(s.EVENT_SUBTYPE_C AS VARCHAR(255)) = CAST(a.EVENT_SUBTYPE_C AS VARCHAR(255))
  WHERE
    NOT COALESCE(LOWER(s.NAME), '-') IN ('canceled', 'cancelled')
), ed_departments AS (
  SELECT
    d.DEPARTMENT_ID AS department_id
  FROM CLARITY_DEP AS d
  LEFT JOIN ZC_ADT_UNIT_TYPE AS u
    ON CAST(u.ADT_UNIT_TYPE_C AS VARCHAR(255)) = CAST(d.ADT_UNIT_TYPE_C AS VARCHAR(255))
  WHERE
    LOWER(d.SPECIALTY) = 'emergency medicine'
    OR LOWER(u.NAME) LIKE 'emergency%' COLLATE Latin1_General_BIN2
), ed_charges AS (
  SELECT
    COALESCE(t.PAT_ENC_CSN_ID, a.PRIM_ENC_CSN_ID) AS csn
  FROM HSP_TRANSACTIONS AS t
  JOIN CL_UB_REV_CODE AS r
    ON r.UB_REV_CODE_ID = t.UB_REV_CODE_ID
  LEFT JOIN HSP_ACCOUNT AS a
    ON a.HSP_ACCOUNT_ID = t.HSP_ACCOUNT_ID
  WHERE
    CAST(r.REVENUE_CODE AS VARCHAR(255)) LIKE '045_' COLLATE Latin1_General_BIN2
    OR CAST(r.REVENUE_CODE AS VARCHAR(255)) LIKE '45_' COLLATE Latin1_General_BIN2
    OR CAST(r.REVENUE_CODE AS VARCHAR(255)) IN ('0981', '981')
  GROUP BY
    COALESCE(t.PAT_ENC_CSN_ID, a.PRIM_ENC_CSN_ID)
  HAVING
    SUM(t.QUANTITY) > 0
), stay_signals AS (
  SELECT
    s.*,
    CASE WHEN NOT s.ed_episode_id IS NULL OR NOT r.csn IS NULL THEN 1 ELSE 0 END AS ed_record,
    CASE WHEN NOT s.emergency_from IS NULL OR NOT b.csn IS NULL THEN 1 ELSE 0 END AS base_class,
    CASE WHEN s.class_name = 'emergency' OR NOT d.department_id IS NULL THEN 1 ELSE 0 END AS class_or_department,
    CASE WHEN NOT c.csn IS NULL THEN 1 ELSE 0 END AS billing
  FROM stays AS s
  LEFT JOIN ed_records AS r
    ON r.csn = s.csn
  LEFT JOIN ed_base_classes AS b
    ON b.csn = s.csn
  LEFT JOIN ed_departments AS d
    ON d.department_id = s.department_id
  LEFT JOIN ed_charges AS c
    ON c.csn = s.csn
), signalled_stays AS (
  SELECT
    s.*,
    s.ed_record + s.base_class + s.class_or_department + s.billing AS signals,
    CASE
      WHEN NOT s.inpatient_from IS NULL OR s.class_name IN ('inpatient', 'newborn')
      THEN 'inpatient'
      WHEN s.class_name = 'observation'
      THEN 'observation'
      WHEN s.ed_record + s.base_class + s.class_or_department + s.billing > 0
      THEN 'emergency'
      WHEN s.class_name = 'specimen'
      THEN 'other'
      ELSE 'outpatient'
    END AS stay_kind
  FROM stay_signals AS s
), stay_parts AS (
  SELECT
    'emergency' AS part
  UNION ALL
  SELECT
    'stay' AS part
), stay_rows AS (
  SELECT
    s.person_id AS person_id,
    s.csn AS csn,
    CASE WHEN p.part = 'emergency' THEN 'emergency' ELSE s.stay_kind END AS kind,
    CASE
      WHEN p.part = 'emergency'
      THEN COALESCE(s.arrived, s.emergency_from, s.admitted)
      WHEN s.stay_kind = 'observation'
      THEN COALESCE(s.outpatient_from, s.admitted, s.arrived)
      ELSE COALESCE(s.inpatient_from, s.admitted, s.arrived)
    END AS start_time,
    CASE
      WHEN p.part = 'emergency' AND s.stay_kind = 'observation'
      THEN COALESCE(s.ed_left, s.outpatient_from, s.discharged)
      WHEN p.part = 'emergency'
      THEN COALESCE(s.ed_left, s.inpatient_from, s.discharged)
      ELSE s.discharged
    END AS end_time,
    s.disposition_id AS disposition_id,
    CASE WHEN p.part = 'stay' OR s.stay_kind = 'emergency' THEN 1 ELSE 0 END AS is_last,
    s.department_id AS department_id
  FROM signalled_stays AS s
  JOIN stay_parts AS p
    ON (
      p.part = 'emergency' AND s.signals > 0
    )
    OR (
      p.part = 'stay' AND s.stay_kind <> 'emergency'
    )
  LEFT JOIN ZC_ED_DISPOSITION AS e
    ON CAST(e.ED_DISPOSITION_C AS VARCHAR(255)) = CAST(s.ed_disposition_id AS VARCHAR(255))
), all_rows AS (
  SELECT
    r.person_id AS person_id,
    r.csn AS csn,
    r.kind AS kind,
    r.start_time AS start_time,
    CAST(r.end_time AS DATE) AS end_date,
    CASE WHEN r.is_last = 1 THEN r.department_id END AS department_id
  FROM stay_rows AS r
  LEFT JOIN ZC_DISCH_DISP AS z
    ON CAST(z.DISCH_DISP_C AS VARCHAR(255)) = CAST(r.disposition_id AS VARCHAR(255))
  LEFT JOIN discharges AS d
    ON d.disposition = z.NAME
  UNION ALL
  SELECT
    v.person_id AS person_id,
    v.csn AS csn,
    v.kind AS kind,
    v.start_time AS start_time,
    CAST(v.start_time AS DATE) AS end_date,
    v.department_id AS department_id
  FROM clinic_visits AS v
), encounters AS (
  SELECT
    r.person_id AS person_id,
    CAST(r.csn AS VARCHAR(255)) AS encounter_id,
    CAST(r.csn AS VARCHAR(255)) AS event_id,
    CAST(r.start_time AS DATE) AS event_date,
    r.end_date AS end_date,
    r.kind AS kind
  FROM all_rows AS r
  LEFT JOIN CLARITY_DEP AS p
    ON p.DEPARTMENT_ID = r.department_id
), accounts AS (
  /* Hospital accounts that count: not voided, and not combined into another account. */
  SELECT
    a.HSP_ACCOUNT_ID AS account_id,
    a.PRIM_ENC_CSN_ID AS primary_csn,
    m.person_id AS person_id,
    CAST(a.ADM_DATE_TIME AS DATE) AS admission_date,
    a.FINAL_DRG_ID AS drg_id
  FROM HSP_ACCOUNT AS a
  JOIN patients AS m
    ON m.pat_id = a.PAT_ID
  LEFT JOIN ZC_ACCT_BILLSTS_HA AS b
    ON CAST(b.ACCT_BILLSTS_HA_C AS VARCHAR(255)) = CAST(a.ACCT_BILLSTS_HA_C AS VARCHAR(255))
  WHERE
    NOT COALESCE(LOWER(b.NAME), '-') IN ('voided', 'combined')
), account_procedures AS (
  SELECT
    a.account_id AS account_id,
    a.primary_csn AS primary_csn,
    a.person_id AS person_id,
    CONCAT(CAST(CAST(a.account_id AS VARCHAR(255)) AS VARCHAR(255)), '/', CAST(x.LINE AS VARCHAR(255))) AS event_id,
    CAST(x.PROC_DATE AS DATE) AS event_date,
    TRIM(UPPER(REPLACE(c.REF_BILL_CODE, '.', ''))) AS code
  FROM HSP_ACCT_PX_LIST AS x
  JOIN accounts AS a
    ON a.account_id = x.HSP_ACCOUNT_ID
  JOIN CL_ICD_PX AS c
    ON c.ICD_PX_ID = x.FINAL_ICD_PX_ID
), procedure_stays AS (
  SELECT
    p.person_id AS person_id,
    s.csn AS csn,
    p.event_date AS event_date,
    p.code AS code,
    ROW_NUMBER() OVER (
      PARTITION BY p.event_id
      ORDER BY CASE
        WHEN CAST(COALESCE(s.arrived, s.admitted) AS DATE) <= p.event_date
        AND (
          s.discharged IS NULL OR CAST(s.discharged AS DATE) >= p.event_date
        )
        THEN 0
        ELSE 1
      END, CASE WHEN s.csn = p.primary_csn THEN 0 ELSE 1 END, COALESCE(CAST(s.csn AS VARCHAR(255)), '-')
    ) AS choice
  FROM account_procedures AS p
  LEFT JOIN stays AS s
    ON s.account_id = p.account_id
), coded_procedures AS (
  SELECT
    p.person_id AS person_id,
    CAST(p.csn AS VARCHAR(255)) AS encounter_id,
    p.event_date AS event_date,
    'icd10pcs' AS vocabulary,
    p.code AS code
  FROM procedure_stays AS p
  WHERE
    p.choice = 1
  UNION ALL
  SELECT
    a.person_id AS person_id,
    CAST(a.primary_csn AS VARCHAR(255)) AS encounter_id,
    a.admission_date AS event_date,
    'drg' AS vocabulary,
    REPLACE(TRIM(UPPER(REPLACE(d.DRG_NUMBER, '.', ''))), 'MS', '') AS code
  FROM accounts AS a
  JOIN CLARITY_DRG AS d
    ON d.DRG_ID = a.drg_id
), ordered_procedures AS (
  /* Images, injections and therapy that were ordered and done, as `local` codes: the site's order
   codes (PROC_CODE), such as IMG243 for a spine MRI, PRC310 for an epidural injection, REF501 for
   physical therapy on the synthetic chart. List those of your site: `ehrkit codes count` counts them.
   Laboratory orders are measurements. An order that was only sent was not done. */
  SELECT
    m.person_id AS person_id,
    CAST(o.PAT_ENC_CSN_ID AS VARCHAR(255)) AS encounter_id,
    CAST(COALESCE(o.PROC_START_TIME, o.RESULT_TIME, o.ORDERING_DATE) AS DATE) AS event_date,
    'local' AS vocabulary,
    TRIM(UPPER(REPLACE(o.PROC_CODE, '.', ''))) AS code
  FROM ORDER_PROC AS o
  JOIN patients AS m
    ON m.pat_id = o.PAT_ID
  JOIN ZC_ORDER_STATUS AS s
    ON CAST(s.ORDER_STATUS_C AS VARCHAR(255)) = CAST(o.ORDER_STATUS_C AS VARCHAR(255))
    AND LOWER(s.NAME) IN ('completed', 'resulted')
  LEFT JOIN ZC_ORDER_TYPE AS t
    ON CAST(t.ORDER_TYPE_C AS VARCHAR(255)) = CAST(o.ORDER_TYPE_C AS VARCHAR(255))
  WHERE
    COALESCE(LOWER(t.NAME), '-') NOT LIKE 'lab%' COLLATE Latin1_General_BIN2
), procedures AS (
  /* Coded procedures, and what was ordered and done. epic-clarity-billing adds billed HCPCS codes. */
  SELECT
    p.person_id AS person_id,
    p.encounter_id AS encounter_id,
    p.event_date AS event_date,
    p.vocabulary AS vocabulary,
    p.code AS code
  FROM coded_procedures AS p
  UNION ALL
  SELECT
    o.person_id AS person_id,
    o.encounter_id AS encounter_id,
    o.event_date AS event_date,
    o.vocabulary AS vocabulary,
    o.code AS code
  FROM ordered_procedures AS o
), contacts AS (
  /* Every contact that took place, with its person, first day and, where known, its last. */
  SELECT
    s.csn AS csn,
    s.person_id AS person_id,
    CAST(COALESCE(s.arrived, s.admitted) AS DATE) AS contact_date
  FROM stays AS s
  UNION ALL
  SELECT
    v.csn AS csn,
    v.person_id AS person_id,
    v.visit_date AS contact_date
  FROM clinic_visits AS v
), conditions AS (
  /* Diagnoses of contacts and final coded diagnoses of accounts, on the contact's first day. The
   current ICD-10 map is used: a diagnosis may read as a code that is newer than the contact.
   LINE is the rank of an account's diagnoses alone; of a contact's only the primary one is known.
   Unknown, clinically undetermined and exempt are no answer to present on admission. */
  SELECT
    c.person_id AS person_id,
    c.contact_date AS event_date,
    'icd10cm' AS vocabulary,
    TRIM(UPPER(REPLACE(d.CODE, '.', ''))) AS code
  FROM PAT_ENC_DX AS x
  JOIN contacts AS c
    ON c.csn = x.PAT_ENC_CSN_ID
  JOIN EDG_CURRENT_ICD10 AS d
    ON d.DX_ID = x.DX_ID
  UNION ALL
  SELECT
    a.person_id AS person_id,
    a.admission_date AS event_date,
    'icd10cm' AS vocabulary,
    TRIM(UPPER(REPLACE(d.CODE, '.', ''))) AS code
  FROM HSP_ACCT_DX_LIST AS x
  JOIN accounts AS a
    ON a.account_id = x.HSP_ACCOUNT_ID
  JOIN EDG_CURRENT_ICD10 AS d
    ON d.DX_ID = x.DX_ID
  LEFT JOIN ZC_DX_POA AS z
    ON CAST(z.FINAL_DX_POA_C AS VARCHAR(255)) = CAST(x.FINAL_DX_POA_C AS VARCHAR(255))
), conditions_wanted AS (
  /* Every condition that is looked for */
  SELECT
    x.*
  FROM conditions AS x
  WHERE
    (
      (
        x.vocabulary = 'icd10cm' AND x.code IN ('C412', 'C720', 'C7951', 'D166', 'D334')
      )
      OR (
        x.vocabulary = 'icd10cm'
        AND (
          x.code IN ('G061', 'G062')
          OR x.code LIKE 'M462%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M463%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M464%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M465%' COLLATE Latin1_General_BIN2
        )
      )
      OR (
        x.vocabulary = 'icd10cm'
        AND (
          x.code LIKE 'S12%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'S220%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'S320%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'S321%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'S322%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M484%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M485%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M8008%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M8088%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M8458%' COLLATE Latin1_General_BIN2
          OR x.code LIKE 'M8468%' COLLATE Latin1_General_BIN2
        )
        AND NOT (
          x.code LIKE 'S128%' COLLATE Latin1_General_BIN2
        )
      )
    )
), lumbar_fusion_procedures AS (
  /* procedure: lumbar-fusion */
  SELECT
    x.person_id AS person_id,
    x.encounter_id AS encounter_id,
    x.event_date AS event_date
  FROM procedures AS x
  WHERE
    (
      x.vocabulary = 'icd10pcs'
      AND (
        x.code LIKE '0SG0%' COLLATE Latin1_General_BIN2
        OR x.code LIKE '0SG1%' COLLATE Latin1_General_BIN2
        OR x.code LIKE '0SG3%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'XRGB%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'XRGC%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'XRGD%' COLLATE Latin1_General_BIN2
      )
    )
), spinal_neoplasm_conditions AS (
  /* condition: spinal-neoplasm */
  SELECT
    x.person_id AS person_id,
    x.event_date AS event_date
  FROM conditions_wanted AS x
  WHERE
    (
      x.vocabulary = 'icd10cm' AND x.code IN ('C412', 'C720', 'C7951', 'D166', 'D334')
    )
), spinal_infection_conditions AS (
  /* condition: spinal-infection */
  SELECT
    x.person_id AS person_id,
    x.event_date AS event_date
  FROM conditions_wanted AS x
  WHERE
    (
      x.vocabulary = 'icd10cm'
      AND (
        x.code IN ('G061', 'G062')
        OR x.code LIKE 'M462%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M463%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M464%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M465%' COLLATE Latin1_General_BIN2
      )
    )
), vertebral_fracture_conditions AS (
  /* condition: vertebral-fracture */
  SELECT
    x.person_id AS person_id,
    x.event_date AS event_date
  FROM conditions_wanted AS x
  WHERE
    (
      x.vocabulary = 'icd10cm'
      AND (
        x.code LIKE 'S12%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'S220%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'S320%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'S321%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'S322%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M484%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M485%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M8008%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M8088%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M8458%' COLLATE Latin1_General_BIN2
        OR x.code LIKE 'M8468%' COLLATE Latin1_General_BIN2
      )
      AND NOT (
        x.code LIKE 'S128%' COLLATE Latin1_General_BIN2
      )
    )
), emergency_encounters AS (
  /* encounter: emergency */
  SELECT
    x.person_id AS person_id,
    x.event_id AS event_id,
    x.event_date AS event_date
  FROM encounters AS x
  WHERE
    x.kind = 'emergency'
), index_found AS (
  /* Index events: procedure lumbar-fusion */
  SELECT
    x.person_id AS person_id,
    x.event_date AS index_date,
    x.encounter_id AS encounter_id
  FROM lumbar_fusion_procedures AS x
  GROUP BY
    x.person_id,
    x.event_date,
    x.encounter_id
), index_stays AS (
  /* The encounter row that tells the discharge */
  SELECT
    f.person_id AS person_id,
    f.encounter_id AS encounter_id,
    f.index_date AS index_date,
    e.end_date AS end_date,
    ROW_NUMBER() OVER (
      PARTITION BY f.person_id, f.encounter_id, f.index_date
      ORDER BY CASE e.kind
        WHEN 'inpatient'
        THEN 1
        WHEN 'observation'
        THEN 2
        WHEN 'outpatient'
        THEN 3
        WHEN 'emergency'
        THEN 4
        ELSE 5
      END, CASE WHEN e.end_date IS NULL THEN 1 ELSE 0 END, e.end_date DESC
    ) AS choice
  FROM index_found AS f
  JOIN encounters AS e
    ON e.person_id = f.person_id AND e.encounter_id = f.encounter_id
), index_entered AS (
  /* With the person, the discharge, and a number in order of time */
  SELECT
    f.person_id AS person_id,
    f.encounter_id AS encounter_id,
    f.index_date AS index_date,
    t.end_date AS discharge_date,
    p.death_date AS death_date,
    (
      (
        YEAR(f.index_date) - YEAR(p.birth_date)
      ) - CASE
        WHEN (
          MONTH(f.index_date) * 100 + DAY(f.index_date)
        ) < (
          MONTH(p.birth_date) * 100 + DAY(p.birth_date)
        )
        THEN 1
        ELSE 0
      END
    ) AS age,
    COALESCE(p.sex, 'unknown') AS sex,
    CASE WHEN f.index_date IS NULL OR p.person_id IS NULL THEN 0 ELSE 1 END AS entered,
    ROW_NUMBER() OVER (
      PARTITION BY f.person_id
      ORDER BY CASE WHEN f.index_date IS NULL THEN 1 ELSE 0 END, f.index_date, CASE WHEN f.encounter_id IS NULL THEN 1 ELSE 0 END, f.encounter_id COLLATE Latin1_General_BIN2
    ) AS event_number
  FROM index_found AS f
  LEFT JOIN persons AS p
    ON p.person_id = f.person_id
  LEFT JOIN index_stays AS t
    ON t.person_id = f.person_id
    AND t.choice = 1
    AND t.encounter_id = f.encounter_id
    AND t.index_date = f.index_date
), index_placed AS (
  /* Each person's events in the order that one is kept by */
  SELECT
    s.*,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.entered
      ORDER BY CASE WHEN s.index_date IS NULL THEN 1 ELSE 0 END, s.index_date, CASE WHEN s.encounter_id IS NULL THEN 1 ELSE 0 END, s.encounter_id COLLATE Latin1_General_BIN2
    ) AS place
  FROM index_entered AS s
), index_steps AS (
  /* How far each index event comes */
  SELECT
    s.*,
    CASE
      WHEN s.entered = 0
      THEN 0
      WHEN s.place <> 1
      THEN 1
      WHEN NOT s.index_date BETWEEN CAST('2018-01-01' AS DATE) AND CAST('2024-12-31' AS DATE)
      THEN 2
      ELSE 3
    END AS reached
  FROM index_placed AS s
), index_events AS (
  /* Index events that the rules are applied to */
  SELECT
    s.*
  FROM index_steps AS s
  WHERE
    s.reached = 3
), rule_2_spinal_neoplasm AS (
  /* Matches of spinal-neoplasm */
  SELECT
    s.person_id AS person_id,
    s.event_number AS event_number,
    COUNT_BIG(*) AS n
  FROM index_events AS s
  JOIN spinal_neoplasm_conditions AS e
    ON e.person_id = s.person_id AND DATEDIFF(DAY, s.index_date, e.event_date) BETWEEN -365 AND 0
  GROUP BY
    s.person_id,
    s.event_number
), rule_2_spinal_infection AS (
  /* Matches of spinal-infection */
  SELECT
    s.person_id AS person_id,
    s.event_number AS event_number,
    COUNT_BIG(*) AS n
  FROM index_events AS s
  JOIN spinal_infection_conditions AS e
    ON e.person_id = s.person_id AND DATEDIFF(DAY, s.index_date, e.event_date) BETWEEN -365 AND 0
  GROUP BY
    s.person_id,
    s.event_number
), rule_2_vertebral_fracture AS (
  /* Matches of vertebral-fracture */
  SELECT
    s.person_id AS person_id,
    s.event_number AS event_number,
    COUNT_BIG(*) AS n
  FROM index_events AS s
  JOIN vertebral_fracture_conditions AS e
    ON e.person_id = s.person_id AND DATEDIFF(DAY, s.index_date, e.event_date) BETWEEN -365 AND 0
  GROUP BY
    s.person_id,
    s.event_number
), index_judged AS (
  /* The last step that each index event passed */
  SELECT
    s.person_id AS person_id,
    s.event_number AS event_number,
    CASE
      WHEN NOT (
        (
          NOT s.age IS NULL AND s.age >= 18
        )
      )
      THEN 3
      WHEN (
        (
          COALESCE(rule_2_spinal_neoplasm.n, 0) >= 1
        )
        OR (
          COALESCE(rule_2_spinal_infection.n, 0) >= 1
        )
        OR (
          COALESCE(rule_2_vertebral_fracture.n, 0) >= 1
        )
      )
      THEN 4
      ELSE 5
    END AS reached
  FROM index_events AS s
  LEFT JOIN rule_2_spinal_neoplasm
    ON rule_2_spinal_neoplasm.person_id = s.person_id
    AND rule_2_spinal_neoplasm.event_number = s.event_number
  LEFT JOIN rule_2_spinal_infection
    ON rule_2_spinal_infection.person_id = s.person_id
    AND rule_2_spinal_infection.event_number = s.event_number
  LEFT JOIN rule_2_vertebral_fracture
    ON rule_2_vertebral_fracture.person_id = s.person_id
    AND rule_2_vertebral_fracture.event_number = s.event_number
), index_passed AS (
  /* Index events that passed all rules */
  SELECT
    s.*
  FROM index_events AS s
  JOIN index_judged AS j
    ON j.person_id = s.person_id AND j.event_number = s.event_number
  WHERE
    j.reached = 5
), last_contacts AS (
  /* The last day on which each person was seen */
  SELECT
    e.person_id AS person_id,
    MAX(
      CASE
        WHEN e.end_date IS NULL OR e.event_date >= e.end_date
        THEN e.event_date
        ELSE COALESCE(e.end_date, e.event_date)
      END
    ) AS last_contact
  FROM encounters AS e
  GROUP BY
    e.person_id
), data_end AS (
  /* The latest day of any encounter: the end of the data */
  SELECT
    MAX(l.last_contact) AS last_day
  FROM last_contacts AS l
), follow_up_ends AS (
  /* The days on which observation could end */
  SELECT
    s.person_id AS person_id,
    s.event_number AS event_number,
    s.death_date AS death,
    data_end.last_day AS data_end,
    CASE
      WHEN s.death_date IS NULL
      THEN CASE
        WHEN s.index_date IS NULL OR l.last_contact >= s.index_date
        THEN l.last_contact
        ELSE COALESCE(s.index_date, l.last_contact)
      END
    END AS last_contact
  FROM index_passed AS s
  CROSS JOIN data_end
  LEFT JOIN last_contacts AS l
    ON l.person_id = s.person_id
), follow_up_earlier AS (
  /* The earlier of each two; a missing day does not count */
  SELECT
    f.*,
    CASE
      WHEN f.data_end IS NULL OR f.death <= f.data_end
      THEN f.death
      ELSE COALESCE(f.data_end, f.death)
    END AS end_2_1,
    f.last_contact AS end_2_2
  FROM follow_up_ends AS f
), follow_up_earlier2 AS (
  /* The earlier of each two; a missing day does not count */
  SELECT
    f.*,
    CASE
      WHEN f.end_2_2 IS NULL OR f.end_2_1 <= f.end_2_2
      THEN f.end_2_1
      ELSE COALESCE(f.end_2_2, f.end_2_1)
    END AS end_1_1
  FROM follow_up_earlier AS f
), follow_ups AS (
  /* When observation ends, and why */
  SELECT
    f.person_id AS person_id,
    f.event_number AS event_number,
    f.end_1_1 AS end_date,
    CASE
      WHEN f.end_1_1 = f.death
      THEN 'death'
      WHEN f.end_1_1 = f.data_end
      THEN 'end-of-data'
      WHEN f.end_1_1 = f.last_contact
      THEN 'last-contact'
    END AS reason
  FROM follow_up_earlier2 AS f
), of_ed_within_30d AS (
  /* Matches of emergency */
  SELECT
    s.person_id AS person_id,
    s.event_number AS event_number,
    MIN(e.event_date) AS first_date,
    COUNT_BIG(*) AS n,
    COUNT_BIG(DISTINCT e.event_id) AS n_events
  FROM index_passed AS s
  JOIN emergency_encounters AS e
    ON e.person_id = s.person_id AND DATEDIFF(DAY, s.discharge_date, e.event_date) BETWEEN 1 AND 30
  GROUP BY
    s.person_id,
    s.event_number
)
SELECT
  s.person_id AS person_id,
  s.encounter_id AS encounter_id,
  s.index_date AS index_date,
  s.discharge_date AS discharge_date,
  s.death_date AS death_date,
  follow_ups.end_date AS follow_up_end,
  follow_ups.reason AS follow_up_reason,
  s.age AS age,
  s.sex AS sex,
  CASE
    WHEN NOT s.discharge_date IS NULL
    THEN CASE WHEN COALESCE(of_ed_within_30d.n, 0) >= 1 THEN 1 ELSE 0 END
  END AS ed_within_30d,
  CASE WHEN NOT s.discharge_date IS NULL THEN COALESCE(of_ed_within_30d.n_events, 0) END AS ed_visits,
  of_ed_within_30d.first_date AS first_ed_date,
  DATEDIFF(DAY, s.discharge_date, of_ed_within_30d.first_date) AS days_to_first_ed
FROM index_passed AS s
LEFT JOIN follow_ups
  ON follow_ups.person_id = s.person_id AND follow_ups.event_number = s.event_number
LEFT JOIN of_ed_within_30d
  ON of_ed_within_30d.person_id = s.person_id AND of_ed_within_30d.event_number = s.event_number
ORDER BY
  s.person_id COLLATE Latin1_General_BIN2,
  s.event_number
