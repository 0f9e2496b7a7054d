/* Admitting, working and final diagnoses of encounters that took place, with the code of the time:
   codes that were split or retired later stay as they were. */
SELECT
  r.person_id AS person_id,
  r.encounter_id AS encounter_id,
  EHR_TEXT(EHR_INTEGER(d.DIAGNOSIS_ID)) AS event_id,
  EHR_TO_DATE(COALESCE(d.DIAG_DT_TM, r.registered)) AS event_date,
  t.vocabulary AS vocabulary,
  t.code AS code,
  EHR_INTEGER(EHR_NO_TEXT()) AS position,
  EHR_NO_TEXT() AS present_on_admission
FROM DIAGNOSIS AS d
JOIN registrations AS r ON r.encounter_id = EHR_TEXT(EHR_INTEGER(d.ENCNTR_ID))
JOIN terms AS t
  ON t.term_id = EHR_INTEGER(d.NOMENCLATURE_ID) AND t.vocabulary IN ('icd10cm', 'snomed')
WHERE EHR_INTEGER(d.ACTIVE_IND) = 1
  AND EHR_TO_DATE(d.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
