-- The cohort lumbar-fusion-ed-30d as somebody who knows Clarity and DuckDB well would write it once,
-- for this cohort alone: everything is narrowed to the people who had a fusion as early as it can be.
WITH merges AS (
  SELECT PATIENT_MRG_HIST AS old_id, min(PAT_ID) AS new_id
  FROM PAT_MERGE_HISTORY
  WHERE PATIENT_MRG_HIST <> PAT_ID
  GROUP BY ALL
),
records AS (
  SELECT r.pat_id, coalesce(m3.new_id, m2.new_id, m1.new_id, r.pat_id) AS person_id
  FROM (SELECT PAT_ID AS pat_id FROM PATIENT UNION SELECT old_id FROM merges) AS r
  LEFT JOIN merges m1 ON m1.old_id = r.pat_id
  LEFT JOIN merges m2 ON m2.old_id = m1.new_id
  LEFT JOIN merges m3 ON m3.old_id = m2.new_id
),
people AS (
  SELECT r.pat_id, r.person_id
  FROM records r
  JOIN PATIENT p ON p.PAT_ID = r.person_id
  LEFT JOIN PATIENT_3 t ON t.PAT_ID = r.person_id
  WHERE coalesce(t.IS_TEST_PAT_YN, 'N') <> 'Y'
    AND coalesce(upper(p.PAT_NAME), '-') NOT LIKE '%ZZTEST%'
    AND coalesce(upper(p.PAT_MRN_ID), '-') NOT LIKE 'ZZ%'
),
live_accounts AS (
  SELECT a.HSP_ACCOUNT_ID, a.PRIM_ENC_CSN_ID, a.PAT_ID, a.ADM_DATE_TIME
  FROM HSP_ACCOUNT a
  LEFT JOIN ZC_ACCT_BILLSTS_HA b USING (ACCT_BILLSTS_HA_C)
  WHERE coalesce(lower(b.NAME), '-') NOT IN ('voided', 'combined')
),
live_stays AS (
  SELECT h.PAT_ENC_CSN_ID AS csn, h.PAT_ID, h.HSP_ACCOUNT_ID, lower(c.NAME) AS class,
    h.ADT_ARRIVAL_TIME, h.HOSP_ADMSN_TIME, h.HOSP_DISCH_TIME, h.INP_ADM_DATE, h.EMER_ADM_DATE,
    h.ED_EPISODE_ID, h.ED_DEPARTURE_TIME, h.DEPARTMENT_ID
  FROM PAT_ENC_HSP h
  LEFT JOIN ZC_PAT_CLASS c USING (ADT_PAT_CLASS_C)
  LEFT JOIN ZC_PAT_STATUS s USING (ADT_PATIENT_STAT_C)
  LEFT JOIN ZC_CONF_STAT f USING (ADMIT_CONF_STAT_C)
  WHERE coalesce(lower(s.NAME), '-') <> 'preadmission'
    AND coalesce(lower(f.NAME), '-') NOT IN ('canceled', 'cancelled')
),
live_visits AS (
  SELECT e.PAT_ENC_CSN_ID AS csn, e.PAT_ID, e.CONTACT_DATE,
    coalesce(e.CHECKIN_TIME, e.APPT_TIME, e.CONTACT_DATE)::DATE AS day
  FROM PAT_ENC e
  LEFT JOIN ZC_APPT_STATUS a USING (APPT_STATUS_C)
  ANTI JOIN PAT_ENC_HSP h ON h.PAT_ENC_CSN_ID = e.PAT_ENC_CSN_ID
  WHERE e.DEPARTMENT_ID IS NOT NULL
    AND coalesce(lower(a.NAME), 'completed') IN ('completed', 'arrived')
),
fusions AS (
  SELECT q.person_id, a.HSP_ACCOUNT_ID, a.PRIM_ENC_CSN_ID, x.LINE, x.PROC_DATE::DATE AS day
  FROM HSP_ACCT_PX_LIST x
  SEMI JOIN (
    SELECT ICD_PX_ID FROM CL_ICD_PX
    WHERE left(upper(replace(REF_BILL_CODE, '.', '')), 4) IN ('0SG0', '0SG1', '0SG3', 'XRGB', 'XRGC', 'XRGD')
  ) c ON c.ICD_PX_ID = x.FINAL_ICD_PX_ID
  JOIN live_accounts a USING (HSP_ACCOUNT_ID)
  JOIN people q ON q.pat_id = a.PAT_ID
  WHERE x.PROC_DATE IS NOT NULL
),
fusion_stays AS (
  SELECT f.person_id, f.day, s.csn
  FROM fusions f
  LEFT JOIN (SELECT * FROM live_stays JOIN people ON people.pat_id = live_stays.PAT_ID) s
    USING (HSP_ACCOUNT_ID)
  QUALIFY row_number() OVER (
    PARTITION BY f.HSP_ACCOUNT_ID, f.LINE
    ORDER BY (coalesce(coalesce(s.ADT_ARRIVAL_TIME, s.HOSP_ADMSN_TIME)::DATE <= f.day
        AND (s.HOSP_DISCH_TIME IS NULL OR s.HOSP_DISCH_TIME::DATE >= f.day), false)) DESC,
      coalesce(s.csn = f.PRIM_ENC_CSN_ID, false) DESC, s.csn::VARCHAR
  ) = 1
),
firsts AS (
  SELECT * FROM fusion_stays
  QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY day, csn IS NULL, csn::VARCHAR) = 1
),
adults AS (
  SELECT f.person_id, f.csn, f.day AS index_date, date_sub('year', p.BIRTH_DATE::DATE, f.day) AS age,
    CASE lower(z.NAME) WHEN 'female' THEN 'female' WHEN 'male' THEN 'male' ELSE 'unknown' END AS sex
  FROM firsts f
  JOIN PATIENT p ON p.PAT_ID = f.person_id
  LEFT JOIN ZC_SEX z ON z.RCPT_MEM_SEX_C = p.SEX_C
  WHERE f.day BETWEEN '2018-01-01' AND '2024-12-31'
    AND date_sub('year', p.BIRTH_DATE::DATE, f.day) >= 18
),
their_records AS (SELECT pat_id, person_id FROM people SEMI JOIN adults USING (person_id)),
bad_diagnoses AS (
  SELECT DX_ID FROM (SELECT DX_ID, upper(replace(CODE, '.', '')) AS code FROM EDG_CURRENT_ICD10)
  WHERE code IN ('C412', 'C720', 'C7951', 'D166', 'D334', 'G061', 'G062')
    OR left(code, 4) IN ('M462', 'M463', 'M464', 'M465', 'S220', 'S320', 'S321', 'S322', 'M484', 'M485')
    OR left(code, 5) IN ('M8008', 'M8088', 'M8458', 'M8468')
    OR (code LIKE 'S12%' AND code NOT LIKE 'S128%')
),
bad_days AS (
  SELECT r.person_id, a.ADM_DATE_TIME::DATE AS day
  FROM HSP_ACCT_DX_LIST x
  SEMI JOIN bad_diagnoses USING (DX_ID)
  JOIN live_accounts a USING (HSP_ACCOUNT_ID)
  JOIN their_records r ON r.pat_id = a.PAT_ID
  UNION ALL
  SELECT r.person_id, coalesce(s.ADT_ARRIVAL_TIME, s.HOSP_ADMSN_TIME)::DATE
  FROM PAT_ENC_DX x
  SEMI JOIN bad_diagnoses USING (DX_ID)
  JOIN live_stays s ON s.csn = x.PAT_ENC_CSN_ID
  JOIN their_records r ON r.pat_id = s.PAT_ID
  UNION ALL
  SELECT r.person_id, v.CONTACT_DATE::DATE
  FROM PAT_ENC_DX x
  SEMI JOIN bad_diagnoses USING (DX_ID)
  JOIN live_visits v ON v.csn = x.PAT_ENC_CSN_ID
  JOIN their_records r ON r.pat_id = v.PAT_ID
),
members AS (
  SELECT a.* FROM adults a
  WHERE NOT EXISTS (
    SELECT 1 FROM bad_days b
    WHERE b.person_id = a.person_id AND b.day BETWEEN a.index_date - 365 AND a.index_date)
),
their_stays AS (
  SELECT s.*, r.person_id, s.ED_EPISODE_ID IS NOT NULL OR s.EMER_ADM_DATE IS NOT NULL
      OR s.class = 'emergency'
      OR s.csn IN (SELECT PAT_ENC_CSN_ID FROM F_ED_ENCOUNTERS WHERE PAT_ENC_CSN_ID IS NOT NULL)
      OR s.csn IN (
        SELECT t.PAT_ENC_CSN_ID FROM CLARITY_ADT t
        JOIN ZC_ACCT_BASECLS_HA b
          ON b.ACCT_BASECLS_HA_C = t.BASE_PAT_CLASS_C AND lower(b.NAME) = 'emergency'
        LEFT JOIN ZC_EVENT_SUBTYPE u USING (EVENT_SUBTYPE_C)
        WHERE coalesce(lower(u.NAME), '-') NOT IN ('canceled', 'cancelled')
          AND t.PAT_ENC_CSN_ID IS NOT NULL)
      OR s.DEPARTMENT_ID IN (
        SELECT d.DEPARTMENT_ID FROM CLARITY_DEP d
        LEFT JOIN ZC_ADT_UNIT_TYPE u USING (ADT_UNIT_TYPE_C)
        WHERE lower(d.SPECIALTY) = 'emergency medicine' OR lower(u.NAME) LIKE 'emergency%')
      OR s.csn IN (
        SELECT coalesce(t.PAT_ENC_CSN_ID, a.PRIM_ENC_CSN_ID) FROM HSP_TRANSACTIONS t
        JOIN CL_UB_REV_CODE r USING (UB_REV_CODE_ID)
        LEFT JOIN HSP_ACCOUNT a USING (HSP_ACCOUNT_ID)
        WHERE (r.REVENUE_CODE LIKE '045_' OR r.REVENUE_CODE LIKE '45_' OR r.REVENUE_CODE IN ('0981', '981'))
          AND coalesce(t.PAT_ENC_CSN_ID, a.PRIM_ENC_CSN_ID) IS NOT NULL
        GROUP BY ALL HAVING sum(t.QUANTITY) > 0) AS emergency
  FROM live_stays s
  JOIN people r ON r.pat_id = s.PAT_ID
  SEMI JOIN members m ON m.person_id = r.person_id
),
kinds AS (
  SELECT person_id, csn, 'emergency' AS kind,
    coalesce(ADT_ARRIVAL_TIME, EMER_ADM_DATE, HOSP_ADMSN_TIME)::DATE AS day,
    coalesce(ED_DEPARTURE_TIME, INP_ADM_DATE, HOSP_DISCH_TIME)::DATE AS last_day
  FROM their_stays WHERE emergency
  UNION ALL
  SELECT person_id, csn, CASE
      WHEN INP_ADM_DATE IS NOT NULL OR class IN ('inpatient', 'newborn') THEN 'inpatient'
      WHEN class = 'observation' THEN 'observation'
      WHEN class = 'specimen' THEN 'other'
      ELSE 'outpatient' END,
    coalesce(INP_ADM_DATE, HOSP_ADMSN_TIME, ADT_ARRIVAL_TIME)::DATE, HOSP_DISCH_TIME::DATE
  FROM their_stays
  WHERE NOT emergency OR INP_ADM_DATE IS NOT NULL OR class IN ('inpatient', 'newborn', 'observation')
),
discharges AS (
  SELECT m.person_id, k.last_day AS discharge_date
  FROM members m JOIN kinds k ON k.person_id = m.person_id AND k.csn = m.csn
  QUALIFY row_number() OVER (PARTITION BY m.person_id ORDER BY
    CASE k.kind WHEN 'inpatient' THEN 1 WHEN 'observation' THEN 2 WHEN 'outpatient' THEN 3
      WHEN 'emergency' THEN 4 ELSE 5 END, k.last_day DESC NULLS LAST) = 1
),
deaths AS (
  SELECT r.person_id, min(p.DEATH_DATE)::DATE AS death_date
  FROM people r SEMI JOIN members USING (person_id) JOIN PATIENT p ON p.PAT_ID = r.pat_id
  GROUP BY ALL
),
contacts AS (
  SELECT person_id, max(greatest(day, last_day)) AS last_day FROM (
    SELECT person_id, day, last_day FROM kinds
    UNION ALL
    SELECT r.person_id, v.day, NULL FROM live_visits v
    JOIN their_records r ON r.pat_id = v.PAT_ID)
  GROUP BY ALL
),
data_end AS (
  SELECT max(day) AS last_day FROM (
    SELECT greatest(max(ADT_ARRIVAL_TIME), max(HOSP_ADMSN_TIME), max(HOSP_DISCH_TIME), max(INP_ADM_DATE),
      max(EMER_ADM_DATE), max(ED_DEPARTURE_TIME))::DATE AS day
    FROM live_stays SEMI JOIN people ON people.pat_id = live_stays.PAT_ID
    UNION ALL
    SELECT max(day) FROM live_visits SEMI JOIN people ON people.pat_id = live_visits.PAT_ID)
),
visits AS (
  SELECT m.person_id, count(DISTINCT k.csn) AS n, min(k.day) AS first_day
  FROM members m
  JOIN discharges d USING (person_id)
  JOIN kinds k ON k.person_id = m.person_id AND k.kind = 'emergency'
    AND k.day BETWEEN d.discharge_date + 1 AND d.discharge_date + 30
  GROUP BY ALL
),
ends AS (
  SELECT m.*, d.discharge_date, t.death_date, e.last_day AS data_end,
    CASE WHEN t.death_date IS NULL THEN greatest(c.last_day, m.index_date) END AS last_contact,
    v.n, v.first_day
  FROM members m
  LEFT JOIN discharges d USING (person_id)
  LEFT JOIN deaths t USING (person_id)
  LEFT JOIN contacts c USING (person_id)
  LEFT JOIN visits v USING (person_id)
  CROSS JOIN data_end e
)
SELECT
  person_id, csn::VARCHAR AS encounter_id, index_date, discharge_date, death_date,
  least(death_date, data_end, last_contact) AS follow_up_end,
  CASE least(death_date, data_end, last_contact) WHEN death_date THEN 'death'
    WHEN data_end THEN 'end-of-data' WHEN last_contact THEN 'last-contact' END AS follow_up_reason,
  age, sex,
  CASE WHEN discharge_date IS NOT NULL THEN (coalesce(n, 0) > 0)::INTEGER END AS ed_within_30d,
  CASE WHEN discharge_date IS NOT NULL THEN coalesce(n, 0) END AS ed_visits,
  first_day AS first_ed_date,
  first_day - discharge_date AS days_to_first_ed
FROM ends
ORDER BY person_id
