/* RxNorm ingredients of each drug. */
SELECT r.MEDICATION_ID AS drug_id, EHR_CODE(r.RXNORM_CODE) AS code
FROM RXNORM_CODES AS r
