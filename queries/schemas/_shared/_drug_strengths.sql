/* RxNorm ingredients of each drug with their strength, read from what is left of its name without the
   substance, the form and words of release (`drug_names`): 5 MG or 1 MG/ML. Drugs of several
   ingredients (`drug_ingredients`) name each before its strength; the strengths that combined
   opioids come in are listed here (design choice), others have none. */
WITH drug_codes AS (
  SELECT
    r.drug_id AS drug_id,
    r.code AS code,
    COUNT(*) OVER (PARTITION BY r.drug_id) AS ingredients
  FROM drug_ingredients AS r
),
combined_amounts AS (
  SELECT '5489' AS code, '%HYDROCODONE 2.5 MG%' AS pattern, 2.5 AS amount
  UNION ALL SELECT '5489' AS code, '%HYDROCODONE 5 MG%' AS pattern, 5 AS amount
  UNION ALL SELECT '5489' AS code, '%HYDROCODONE 7.5 MG%' AS pattern, 7.5 AS amount
  UNION ALL SELECT '5489' AS code, '%HYDROCODONE 10 MG%' AS pattern, 10 AS amount
  UNION ALL SELECT '7804' AS code, '%OXYCODONE 2.5 MG%' AS pattern, 2.5 AS amount
  UNION ALL SELECT '7804' AS code, '%OXYCODONE 5 MG%' AS pattern, 5 AS amount
  UNION ALL SELECT '7804' AS code, '%OXYCODONE 7.5 MG%' AS pattern, 7.5 AS amount
  UNION ALL SELECT '7804' AS code, '%OXYCODONE 10 MG%' AS pattern, 10 AS amount
  UNION ALL SELECT '7804' AS code, 'OXYCODONE-ACETAMINOPHEN 2.5 MG-%' AS pattern, 2.5 AS amount
  UNION ALL SELECT '7804' AS code, 'OXYCODONE-ACETAMINOPHEN 5 MG-%' AS pattern, 5 AS amount
  UNION ALL SELECT '7804' AS code, 'OXYCODONE-ACETAMINOPHEN 7.5 MG-%' AS pattern, 7.5 AS amount
  UNION ALL SELECT '7804' AS code, 'OXYCODONE-ACETAMINOPHEN 10 MG-%' AS pattern, 10 AS amount
  UNION ALL SELECT '2670' AS code, '%CODEINE 15 MG%' AS pattern, 15 AS amount
  UNION ALL SELECT '2670' AS code, '%CODEINE 30 MG%' AS pattern, 30 AS amount
  UNION ALL SELECT '2670' AS code, '%CODEINE 60 MG%' AS pattern, 60 AS amount
  UNION ALL SELECT '10689' AS code, '%TRAMADOL 37.5 MG%' AS pattern, 37.5 AS amount
  UNION ALL SELECT '161' AS code, '%ACETAMINOPHEN 300 MG%' AS pattern, 300 AS amount
  UNION ALL SELECT '161' AS code, '%ACETAMINOPHEN 325 MG%' AS pattern, 325 AS amount
  UNION ALL SELECT '161' AS code, 'OXYCODONE-ACETAMINOPHEN % MG-325 MG%' AS pattern, 325 AS amount
)
SELECT
  n.drug_id AS drug_id,
  n.name AS name,
  i.code AS code,
  MAX(
    CASE
      WHEN i.ingredients > 1 THEN a.amount
      WHEN n.rest LIKE '% MG' OR n.rest LIKE '% MG/ML'
        THEN EHR_NUMBER(TRIM(REPLACE(REPLACE(n.rest, 'MG/ML', ''), 'MG', '')))
      WHEN n.rest LIKE '% MCG' THEN EHR_NUMBER(TRIM(REPLACE(n.rest, 'MCG', '')))
      WHEN n.rest LIKE '% G' THEN EHR_NUMBER(TRIM(REPLACE(n.rest, 'G', '')))
    END
  ) AS strength,
  MAX(
    CASE
      WHEN i.ingredients > 1 THEN CASE WHEN a.amount IS NOT NULL THEN 'mg' END
      WHEN n.rest LIKE '% MG' THEN 'mg'
      WHEN n.rest LIKE '% MG/ML' THEN 'mg/mL'
      WHEN n.rest LIKE '% MCG' THEN 'ug'
      WHEN n.rest LIKE '% G' THEN 'g'
    END
  ) AS strength_unit
FROM drug_names AS n
LEFT JOIN drug_codes AS i ON i.drug_id = n.drug_id
LEFT JOIN combined_amounts AS a ON a.code = i.code AND UPPER(n.name) LIKE a.pattern
GROUP BY n.drug_id, n.name, i.code
