/* The words for where visits were discharged to: the concept's, else the source's own. */
SELECT DISTINCT
  COALESCE(c.concept_name, EHR_TEXT(v.discharged_to_source_value)) AS disposition,
  LOWER(COALESCE(c.concept_name, EHR_TEXT(v.discharged_to_source_value))) AS words
FROM VISIT_OCCURRENCE AS v
LEFT JOIN CONCEPT AS c
  ON c.concept_id = v.discharged_to_concept_id AND EHR_INTEGER(c.concept_id) <> 0
