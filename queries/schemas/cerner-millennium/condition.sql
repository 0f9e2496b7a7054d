/* Admitting, working and final diagnoses of encounters that took place, with the code of the time:
   codes that were split or retired later stay as they were. An admitting diagnosis has no rank among
   those that the encounter ended with. */
SELECT
  r.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(r.encounter_key)) AS encounter_id,
  EHR_TEXT(EHR_INTEGER(d.DIAGNOSIS_ID)) AS event_id,
  EHR_TO_DATE(COALESCE(d.DIAG_DT_TM, r.registered)) AS event_date,
  t.vocabulary AS vocabulary,
  t.code AS code,
  CASE WHEN COALESCE(k.meaning, '-') <> 'ADMIT' THEN EHR_INTEGER(d.DIAG_PRIORITY) END AS position,
  CASE UPPER(a.display) WHEN 'YES' THEN 'yes' WHEN 'NO' THEN 'no' END AS present_on_admission
FROM DIAGNOSIS AS d
JOIN registrations AS r ON r.encounter_key = d.ENCNTR_ID
JOIN terms AS t ON t.term_id = d.NOMENCLATURE_ID AND t.vocabulary IN ('icd10cm', 'snomed')
LEFT JOIN code_values AS k ON k.code_value = d.DIAG_TYPE_CD
LEFT JOIN code_values AS a ON a.code_value = d.PRESENT_ON_ADMIT_CD
WHERE EHR_INTEGER(d.ACTIVE_IND) = 1
  AND EHR_TO_DATE(d.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
