/* Every encounter with the four signals that say whether it passed through the emergency department,
   the kind that its class tells, whether any stage placed it in a unit, and since when it was under
   observation. 1 tracking board; 2 a stage of type Emergency, or in an emergency unit, at any time;
   3 last class Emergency, or last unit an emergency unit; 4 billing, net of offsets: revenue codes
   0450-0459 and 0981. Emergency units are told by their display, which a site may have to adapt
   here. */
WITH ed_units AS (
  SELECT c.code_value AS unit
  FROM code_values AS c
  WHERE c.code_set = 220 AND UPPER(c.display) LIKE '%EMERGENCY%'
),
stages AS (
  SELECT
    h.ENCNTR_ID AS encounter_key,
    MAX(CASE WHEN t.meaning = 'EMERGENCY' OR u.unit IS NOT NULL THEN 1 ELSE 0 END) AS emergency,
    MIN(CASE WHEN t.meaning = 'OBSERVATION' THEN EHR_TO_TIME(h.BEG_EFFECTIVE_DT_TM) END)
      AS observed_from
  FROM ENCNTR_LOC_HIST AS h
  LEFT JOIN code_values AS t ON t.code_value = h.ENCNTR_TYPE_CD
  LEFT JOIN ed_units AS u ON u.unit = h.LOC_NURSE_UNIT_CD
  WHERE EHR_INTEGER(h.ACTIVE_IND) = 1
  GROUP BY h.ENCNTR_ID
),
ed_charges AS (
  SELECT h.ENCNTR_ID AS encounter_key
  FROM CHARGE AS h
  JOIN CHARGE_MOD AS b ON b.CHARGE_ITEM_ID = h.CHARGE_ITEM_ID
  JOIN code_values AS k ON k.code_value = b.CHARGE_MOD_TYPE_CD AND k.meaning = 'BILL CODE'
  JOIN code_values AS s ON s.code_value = b.FIELD1_ID AND s.meaning LIKE 'REV%'
  LEFT JOIN code_values AS t ON t.code_value = h.CHARGE_TYPE_CD
  WHERE EHR_INTEGER(h.ACTIVE_IND) = 1
    AND EHR_INTEGER(h.PROCESS_FLG) IN (10, 11, 100, 999)
    AND EHR_INTEGER(b.ACTIVE_IND) = 1
    AND EHR_TO_DATE(b.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
    AND (
      COALESCE(b.FIELD6, b.FIELD2) LIKE '045_'
      OR COALESCE(b.FIELD6, b.FIELD2) LIKE '45_'
      OR COALESCE(b.FIELD6, b.FIELD2) IN ('0981', '981')
    )
  GROUP BY h.ENCNTR_ID
  HAVING
    SUM(
      CASE
        WHEN t.meaning = 'CR' AND EHR_INTEGER(h.ITEM_QUANTITY) > 0
          THEN 0 - EHR_INTEGER(h.ITEM_QUANTITY)
        ELSE EHR_INTEGER(h.ITEM_QUANTITY)
      END
    ) > 0
),
registration_signals AS (
  SELECT
    r.*,
    b.checked_out AS checked_out,
    b.disposition AS board_disposition,
    CASE WHEN b.encounter_key IS NOT NULL THEN 1 ELSE 0 END AS ed_record,
    CASE WHEN g.encounter_key IS NOT NULL THEN 1 ELSE 0 END AS placed,
    g.observed_from AS observed_from,
    COALESCE(g.emergency, 0) AS base_class,
    CASE
      WHEN r.class_meaning = 'EMERGENCY' OR u.unit IS NOT NULL THEN 1
      ELSE 0
    END AS class_or_department,
    CASE WHEN c.encounter_key IS NOT NULL THEN 1 ELSE 0 END AS billing
  FROM registrations AS r
  LEFT JOIN ed_checkins AS b ON b.encounter_key = r.encounter_key
  LEFT JOIN stages AS g ON g.encounter_key = r.encounter_key
  LEFT JOIN ed_units AS u ON u.unit = r.unit
  LEFT JOIN ed_charges AS c ON c.encounter_key = r.encounter_key
)
SELECT
  r.*,
  r.ed_record + r.base_class + r.class_or_department + r.billing AS signals,
  CASE
    WHEN r.admitted IS NOT NULL OR r.class_meaning = 'INPATIENT' THEN 'inpatient'
    WHEN r.class_meaning = 'OBSERVATION' THEN 'observation'
    WHEN r.ed_record + r.base_class + r.class_or_department + r.billing > 0 THEN 'emergency'
    ELSE 'outpatient'
  END AS stay_kind
FROM registration_signals AS r
