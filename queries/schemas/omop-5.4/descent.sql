/* Each standard concept and all above it, itself included, as OMOP numbers. */
SELECT
  EHR_TEXT(a.ancestor_concept_id) AS ancestor,
  EHR_TEXT(a.descendant_concept_id) AS descendant
FROM CONCEPT_ANCESTOR AS a
