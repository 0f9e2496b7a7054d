/* Bedside measurements of the rows that `flowsheet_rows` knows. Values are text; a blood pressure
   is two of them, and its first part has two or three digits. */
WITH parted AS (
  SELECT
    f.FSD_ID AS record_id,
    f.LINE AS line,
    f.RECORDED_TIME AS taken,
    f.MEAS_VALUE AS value_text,
    k.part AS part,
    k.code AS code,
    k.unit AS unit,
    CASE
      WHEN k.part = 'whole' THEN f.MEAS_VALUE
      WHEN f.MEAS_VALUE LIKE '__/%' THEN EHR_PREFIX(f.MEAS_VALUE, 2)
      WHEN f.MEAS_VALUE LIKE '___/%' THEN EHR_PREFIX(f.MEAS_VALUE, 3)
    END AS first_part
  FROM IP_FLWSHT_MEAS AS f
  JOIN flowsheet_rows AS k ON k.row_id = f.FLO_MEAS_ID
)
SELECT
  m.person_id AS person_id,
  EHR_TEXT(s.EPT_CSN) AS encounter_id,
  EHR_KEY('flowsheet', EHR_KEY(p.record_id, EHR_KEY(p.line, p.code))) AS event_id,
  EHR_TO_TIME(p.taken) AS event_time,
  'loinc' AS vocabulary,
  p.code AS code,
  CASE
    WHEN p.part = 'diastolic'
      THEN EHR_NUMBER(REPLACE(p.value_text, EHR_KEY(COALESCE(p.first_part, '-'), ''), ''))
    ELSE EHR_NUMBER(p.first_part)
  END AS value_number,
  p.value_text AS value_text,
  p.unit AS unit
FROM parted AS p
JOIN IP_FLWSHT_REC AS r ON r.FSD_ID = p.record_id
JOIN patients AS m ON m.pat_id = r.PAT_ID
LEFT JOIN IP_DATA_STORE AS s ON s.INPATIENT_DATA_ID = r.INPATIENT_DATA_ID
