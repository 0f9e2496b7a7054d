/* Coded procedures of encounters that took place, and their DRGs on the day of registration. */
SELECT
  r.person_id AS person_id,
  r.encounter_id AS encounter_id,
  EHR_TEXT(EHR_INTEGER(p.PROCEDURE_ID)) AS event_id,
  EHR_TO_DATE(p.PROC_DT_TM) AS event_date,
  EHR_NO_TIME() AS event_time,
  t.vocabulary AS vocabulary,
  t.code AS code
FROM PROCEDURE AS p
JOIN registrations AS r ON r.encounter_id = EHR_TEXT(EHR_INTEGER(p.ENCNTR_ID))
JOIN terms AS t
  ON t.term_id = EHR_INTEGER(p.NOMENCLATURE_ID) AND t.vocabulary IN ('icd10pcs', 'hcpcs', 'snomed')
WHERE EHR_INTEGER(p.ACTIVE_IND) = 1
  AND EHR_TO_DATE(p.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
UNION ALL
SELECT
  r.person_id AS person_id,
  r.encounter_id AS encounter_id,
  EHR_KEY('drg', EHR_TEXT(EHR_INTEGER(g.DRG_ID))) AS event_id,
  EHR_TO_DATE(COALESCE(r.registered, r.arrived)) AS event_date,
  EHR_NO_TIME() AS event_time,
  t.vocabulary AS vocabulary,
  t.code AS code
FROM DRG AS g
JOIN registrations AS r ON r.encounter_id = EHR_TEXT(EHR_INTEGER(g.ENCNTR_ID))
JOIN terms AS t ON t.term_id = EHR_INTEGER(g.NOMENCLATURE_ID) AND t.vocabulary = 'drg'
WHERE EHR_INTEGER(g.ACTIVE_IND) = 1
  AND EHR_TO_DATE(g.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
