/* Every stay with the four signals that say whether it passed through the emergency department, and
   the kind that its class tells. 1 ED record; 2 base class Emergency at any time; 3 last class, or
   department; 4 billing, net of reversals: revenue codes 0450-0459 and 0981. */
WITH ed_records AS (
  SELECT DISTINCT f.PAT_ENC_CSN_ID AS csn FROM F_ED_ENCOUNTERS AS f
),
ed_base_classes AS (
  SELECT DISTINCT a.PAT_ENC_CSN_ID AS csn
  FROM CLARITY_ADT AS a
  JOIN ZC_ACCT_BASECLS_HA AS b
    ON EHR_TEXT(b.ACCT_BASECLS_HA_C) = EHR_TEXT(a.BASE_PAT_CLASS_C) AND LOWER(b.NAME) = 'emergency'
  LEFT JOIN ZC_EVENT_SUBTYPE AS s ON EHR_TEXT(s.EVENT_SUBTYPE_C) = EHR_TEXT(a.EVENT_SUBTYPE_C)
  WHERE COALESCE(LOWER(s.NAME), '-') NOT IN ('canceled', 'cancelled')
),
ed_departments AS (
  SELECT d.DEPARTMENT_ID AS department_id
  FROM CLARITY_DEP AS d
  LEFT JOIN ZC_ADT_UNIT_TYPE AS u ON EHR_TEXT(u.ADT_UNIT_TYPE_C) = EHR_TEXT(d.ADT_UNIT_TYPE_C)
  WHERE LOWER(d.SPECIALTY) = 'emergency medicine' OR LOWER(u.NAME) LIKE 'emergency%'
),
ed_charges AS (
  SELECT COALESCE(t.PAT_ENC_CSN_ID, a.PRIM_ENC_CSN_ID) AS csn
  FROM HSP_TRANSACTIONS AS t
  JOIN CL_UB_REV_CODE AS r ON r.UB_REV_CODE_ID = t.UB_REV_CODE_ID
  LEFT JOIN HSP_ACCOUNT AS a ON a.HSP_ACCOUNT_ID = t.HSP_ACCOUNT_ID
  WHERE EHR_TEXT(r.REVENUE_CODE) LIKE '045_'
    OR EHR_TEXT(r.REVENUE_CODE) LIKE '45_'
    OR EHR_TEXT(r.REVENUE_CODE) IN ('0981', '981')
  GROUP BY COALESCE(t.PAT_ENC_CSN_ID, a.PRIM_ENC_CSN_ID)
  HAVING SUM(t.QUANTITY) > 0
),
stay_signals AS (
  SELECT
    s.*,
    CASE WHEN s.ed_episode_id IS NOT NULL OR r.csn IS NOT NULL THEN 1 ELSE 0 END AS ed_record,
    CASE WHEN s.emergency_from IS NOT NULL OR b.csn IS NOT NULL THEN 1 ELSE 0 END AS base_class,
    CASE
      WHEN s.class_name = 'emergency' OR d.department_id IS NOT NULL THEN 1
      ELSE 0
    END AS class_or_department,
    CASE WHEN c.csn IS NOT NULL THEN 1 ELSE 0 END AS billing
  FROM stays AS s
  LEFT JOIN ed_records AS r ON r.csn = s.csn
  LEFT JOIN ed_base_classes AS b ON b.csn = s.csn
  LEFT JOIN ed_departments AS d ON d.department_id = s.department_id
  LEFT JOIN ed_charges AS c ON c.csn = s.csn
)
SELECT
  s.*,
  s.ed_record + s.base_class + s.class_or_department + s.billing AS signals,
  CASE
    WHEN s.inpatient_from IS NOT NULL OR s.class_name IN ('inpatient', 'newborn') THEN 'inpatient'
    WHEN s.class_name = 'observation' THEN 'observation'
    WHEN s.ed_record + s.base_class + s.class_or_department + s.billing > 0 THEN 'emergency'
    WHEN s.class_name = 'specimen' THEN 'other'
    ELSE 'outpatient'
  END AS stay_kind
FROM stay_signals AS s
