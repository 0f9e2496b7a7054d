/* Each concept twice: under its own number, and under the code of the vocabulary that it comes from.
   A site's own concepts have numbers from 2,000,000,000 on (OHDSI's convention): `local`, unless
   they are put into a vocabulary that is known. */
SELECT c.concept_id AS concept_id, 'omop' AS vocabulary, EHR_TEXT(c.concept_id) AS code
FROM CONCEPT AS c
WHERE EHR_INTEGER(c.concept_id) <> 0
UNION ALL
SELECT
  c.concept_id AS concept_id,
  CASE c.vocabulary_id
    WHEN 'ICD10PCS' THEN 'icd10pcs'
    WHEN 'ICD10CM' THEN 'icd10cm'
    WHEN 'HCPCS' THEN 'hcpcs'
    WHEN 'CPT4' THEN 'hcpcs'
    WHEN 'DRG' THEN 'drg'
    WHEN 'SNOMED' THEN 'snomed'
    WHEN 'LOINC' THEN 'loinc'
    WHEN 'RxNorm' THEN 'rxnorm'
    ELSE 'local'
  END AS vocabulary,
  EHR_CODE(EHR_TEXT(c.concept_code)) AS code
FROM CONCEPT AS c
WHERE EHR_INTEGER(c.concept_id) <> 0
  AND (
    EHR_INTEGER(c.concept_id) >= 2000000000
    OR c.vocabulary_id
      IN ('ICD10PCS', 'ICD10CM', 'HCPCS', 'CPT4', 'DRG', 'SNOMED', 'LOINC', 'RxNorm')
  )
