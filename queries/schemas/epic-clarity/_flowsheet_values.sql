/* Bedside measurements of the rows that `flowsheet_rows` knows. Values are text. */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(s.EPT_CSN) AS encounter_id,
  EHR_KEY('flowsheet', EHR_KEY(f.FSD_ID, f.LINE)) AS event_id,
  EHR_TO_TIME(f.RECORDED_TIME) AS event_time,
  'loinc' AS vocabulary,
  k.code AS code,
  EHR_NUMBER(f.MEAS_VALUE) AS value_number,
  f.MEAS_VALUE AS value_text,
  k.unit AS unit
FROM IP_FLWSHT_MEAS AS f
JOIN flowsheet_rows AS k ON k.row_id = f.FLO_MEAS_ID
JOIN IP_FLWSHT_REC AS r ON r.FSD_ID = f.FSD_ID
JOIN patients AS m ON m.pat_id = r.PAT_ID
LEFT JOIN IP_DATA_STORE AS s ON s.INPATIENT_DATA_ID = r.INPATIENT_DATA_ID
