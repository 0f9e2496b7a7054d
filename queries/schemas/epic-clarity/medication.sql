/* Orders and prescriptions that were not canceled or left pending; one row per RxNorm ingredient.
   All are `ordered`: what was given stands in MAR_ADMIN_INFO (given-type actions alone), and what was
   dispensed in dispensing tables, neither of which this schema reads; a site that has them overlays
   this file. Quantity is one fill (refills are not multiplied in; a quantity with another unit than
   those named here is not a number). Days of supply run from the first to the last day, both
   included, of orders with a quantity and without refills: the last day of a prescription with refills is that of the last
   fill, and a hospital order has no supply. A prescription as needed looks like any other. */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(o.PAT_ENC_CSN_ID) AS encounter_id,
  EHR_TEXT(o.ORDER_MED_ID) AS event_id,
  EHR_TO_DATE(COALESCE(o.START_DATE, o.ORDERING_DATE)) AS event_date,
  EHR_TO_DATE(o.END_DATE) AS end_date,
  CASE
    WHEN EHR_TO_DATE(o.ORDER_INST) = EHR_TO_DATE(COALESCE(o.START_DATE, o.ORDERING_DATE))
      THEN EHR_TO_TIME(o.ORDER_INST)
  END AS event_time,
  'rxnorm' AS vocabulary,
  d.code AS code,
  d.name AS name,
  'ordered' AS setting,
  EHR_NUMBER(
    TRIM(
      REPLACE(
        REPLACE(
          REPLACE(
            REPLACE(
              REPLACE(REPLACE(LOWER(o.QUANTITY), 'tablets', ''), 'tablet', ''), 'capsules', ''
            ),
            'capsule', ''
          ),
          'each', ''
        ),
        'ml', ''
      )
    )
  ) AS quantity,
  CASE
    WHEN o.QUANTITY IS NOT NULL AND COALESCE(EHR_NUMBER(o.REFILLS), 0) = 0
      THEN EHR_DAY_DIFF(EHR_TO_DATE(o.START_DATE), EHR_TO_DATE(o.END_DATE)) + 1
  END AS days_supply,
  d.strength AS strength,
  d.strength_unit AS strength_unit
FROM ORDER_MED AS o
JOIN patients AS m ON m.pat_id = o.PAT_ID
LEFT JOIN ZC_ORDER_STATUS AS s ON EHR_TEXT(s.ORDER_STATUS_C) = EHR_TEXT(o.ORDER_STATUS_C)
LEFT JOIN drug_strengths AS d ON d.drug_id = o.MEDICATION_ID
WHERE COALESCE(LOWER(s.NAME), '-') NOT IN ('canceled', 'cancelled', 'pending')
