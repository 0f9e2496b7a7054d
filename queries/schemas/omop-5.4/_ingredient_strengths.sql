/* How much of each ingredient a unit of a drug holds: an amount, or of a liquid the amount in one unit
   of volume. An ingredient itself holds no amount. */
SELECT
  s.drug_concept_id AS drug_id,
  s.ingredient_concept_id AS ingredient_id,
  COALESCE(
    EHR_NUMBER(s.amount_value),
    EHR_DIVIDE(EHR_NUMBER(s.numerator_value), COALESCE(EHR_NUMBER(s.denominator_value), 1))
  ) AS strength,
  CASE
    WHEN s.amount_value IS NOT NULL THEN a.concept_code
    WHEN s.numerator_value IS NOT NULL AND n.concept_code IS NOT NULL AND d.concept_code IS NOT NULL
      THEN EHR_KEY(n.concept_code, d.concept_code)
  END AS strength_unit
FROM DRUG_STRENGTH AS s
LEFT JOIN CONCEPT AS a ON a.concept_id = s.amount_unit_concept_id
LEFT JOIN CONCEPT AS n ON n.concept_id = s.numerator_unit_concept_id
LEFT JOIN CONCEPT AS d ON d.concept_id = s.denominator_unit_concept_id
WHERE s.invalid_reason IS NULL AND s.ingredient_concept_id <> s.drug_concept_id
