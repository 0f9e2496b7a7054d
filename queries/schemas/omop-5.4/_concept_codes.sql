/* Each concept under its own number and under the code of the vocabulary that it comes from. */
SELECT
  EHR_TEXT(c.concept_id) AS concept_id,
  CASE c.vocabulary_id
    WHEN 'ICD10PCS' THEN 'icd10pcs'
    WHEN 'ICD10CM' THEN 'icd10cm'
    WHEN 'HCPCS' THEN 'hcpcs'
    WHEN 'CPT4' THEN 'hcpcs'
    WHEN 'DRG' THEN 'drg'
    WHEN 'SNOMED' THEN 'snomed'
    WHEN 'LOINC' THEN 'loinc'
    WHEN 'RxNorm' THEN 'rxnorm'
    ELSE 'other'
  END AS vocabulary,
  EHR_CODE(EHR_TEXT(c.concept_code)) AS code
FROM CONCEPT AS c
