/* Each drug by its catalog number and name as ordered, and what is left of the name without the
   generic name, the form and words of release. The dose of an order (STRENGTHDOSE) is no strength: it
   may be several tablets. */
WITH ordered_names AS (
  SELECT DISTINCT
    o.CATALOG_CD AS drug_id,
    COALESCE(o.ORDER_MNEMONIC, o.HNA_ORDER_MNEMONIC) AS name,
    o.HNA_ORDER_MNEMONIC AS generic_name
  FROM ORDERS AS o
  JOIN code_values AS k ON k.code_value = o.CATALOG_TYPE_CD AND k.meaning = 'PHARMACY'
)
SELECT
  d.drug_id AS drug_id,
  d.name AS name,
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
