/* RxNorm ingredients of each drug by its catalog number and name as ordered, with their strength, read
   from the name: what is left of it without the generic name, the form and words of release, as 5 MG
   or 1 MG/ML. Drugs of several ingredients name each before its strength; the strengths that combined
   opioids come in are listed here (design choice), others have none. The dose of an order
   (STRENGTHDOSE) is no strength: it may be several tablets. */
WITH ingredients AS (
  SELECT
    n.concept AS concept,
    n.code AS code,
    COUNT(*) OVER (PARTITION BY n.concept) AS ingredients
  FROM terms AS n
  WHERE n.vocabulary = 'rxnorm'
),
ordered_names AS (
  SELECT DISTINCT
    o.CATALOG_CD AS drug_id,
    COALESCE(o.ORDER_MNEMONIC, o.HNA_ORDER_MNEMONIC) AS name,
    o.HNA_ORDER_MNEMONIC AS generic_name
  FROM ORDERS AS o
  JOIN code_values AS k ON k.code_value = o.CATALOG_TYPE_CD AND k.meaning = 'PHARMACY'
),
names AS (
  SELECT
    d.drug_id AS drug_id,
    d.name AS name,
    UPPER(d.name) AS upper_name,
    TRIM(
      REPLACE(
        REPLACE(
          REPLACE(
            REPLACE(
              REPLACE(
                REPLACE(
                  REPLACE(UPPER(d.name), COALESCE(UPPER(d.generic_name), '-'), ''), 'TABLET', ''
                ),
                'CAPSULE', ''
              ),
              'INJECTION', ''
            ),
            'EXTENDED RELEASE', ''
          ),
          ' ER ', ' '
        ),
        ',', ''
      )
    ) AS rest
  FROM ordered_names AS d
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
FROM names AS n
LEFT JOIN code_values AS k ON k.code_value = n.drug_id
LEFT JOIN ingredients AS i ON i.concept = k.concept
LEFT JOIN combined_amounts AS a ON a.code = i.code AND n.upper_name LIKE a.pattern
GROUP BY n.drug_id, n.name, i.code
