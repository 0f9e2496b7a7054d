/* RxNorm ingredients of each drug, by the concept of its catalog number. */
SELECT k.code_value AS drug_id, n.code AS code
FROM terms AS n
JOIN code_values AS k ON k.concept = n.concept
WHERE n.vocabulary = 'rxnorm'
