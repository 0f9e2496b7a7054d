/* Terms with the vocabulary that they come from. A retired term still names the rows that used it,
   so neither ACTIVE_IND nor END_EFFECTIVE_DT_TM matters here. */
SELECT
  n.NOMENCLATURE_ID AS term_id,
  CASE v.meaning
    WHEN 'ICD10-CM' THEN 'icd10cm'
    WHEN 'ICD10-PCS' THEN 'icd10pcs'
    WHEN 'CPT4' THEN 'hcpcs'
    WHEN 'HCPCS' THEN 'hcpcs'
    WHEN 'SNMCT' THEN 'snomed'
    WHEN 'MSDRG' THEN 'drg'
    WHEN 'RXNORM' THEN 'rxnorm'
    ELSE 'other'
  END AS vocabulary,
  EHR_CODE(n.SOURCE_IDENTIFIER) AS code,
  n.CONCEPT_CKI AS concept
FROM NOMENCLATURE AS n
JOIN code_values AS v ON v.code_value = n.SOURCE_VOCABULARY_CD
