/* Drug orders that were neither canceled nor deleted; one row per RxNorm ingredient of the drug's
   concept. All are `ordered`: what was given or dispensed stands in tables that this schema does not
   read. The last action on an order says how long it lasts; only days are counted, and the day of the
   order is the first of them. They are days of supply where a quantity is dispensed and no refill
   may follow; the quantity is one fill. */
WITH details AS (
  SELECT
    d.ORDER_ID AS order_id,
    d.OE_FIELD_MEANING AS meaning,
    LOWER(d.OE_FIELD_DISPLAY_VALUE) AS display_value,
    EHR_NUMBER(d.OE_FIELD_VALUE) AS number_value,
    ROW_NUMBER() OVER (
      PARTITION BY d.ORDER_ID, d.OE_FIELD_MEANING
      ORDER BY EHR_INTEGER(d.ACTION_SEQUENCE) DESC, EHR_INTEGER(d.DETAIL_SEQUENCE) DESC
    ) AS choice
  FROM ORDER_DETAIL AS d
  WHERE d.OE_FIELD_MEANING IN ('DURATION', 'DURATIONUNIT', 'DISPENSEQTY', 'NBRREFILLS')
),
order_facts AS (
  SELECT
    d.order_id AS order_id,
    CASE
      WHEN MAX(CASE WHEN d.meaning = 'DURATIONUNIT' THEN d.display_value END) LIKE 'day%'
        THEN MAX(CASE WHEN d.meaning = 'DURATION' THEN d.number_value END)
    END AS days,
    MAX(CASE WHEN d.meaning = 'DISPENSEQTY' THEN d.number_value END) AS quantity,
    MAX(CASE WHEN d.meaning = 'NBRREFILLS' THEN d.number_value END) AS refills
  FROM details AS d
  WHERE d.choice = 1
  GROUP BY d.order_id
)
SELECT
  m.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(o.ENCNTR_ID)) AS encounter_id,
  EHR_TEXT(EHR_INTEGER(o.ORDER_ID)) AS event_id,
  EHR_TO_DATE(o.ORIG_ORDER_DT_TM) AS event_date,
  EHR_ADD_DAYS(
    EHR_TO_DATE(o.ORIG_ORDER_DT_TM),
    EHR_INTEGER(f.days) - CASE WHEN f.days > 0 THEN 1 ELSE 0 END
  ) AS end_date,
  EHR_TO_TIME(o.ORIG_ORDER_DT_TM) AS event_time,
  'rxnorm' AS vocabulary,
  n.code AS code,
  COALESCE(o.ORDER_MNEMONIC, o.HNA_ORDER_MNEMONIC) AS name,
  'ordered' AS setting,
  f.quantity AS quantity,
  CASE
    WHEN f.quantity IS NOT NULL AND COALESCE(f.refills, 0) = 0 THEN EHR_INTEGER(f.days)
  END AS days_supply,
  n.strength AS strength,
  n.strength_unit AS strength_unit
FROM ORDERS AS o
JOIN patients AS m ON m.record_id = o.PERSON_ID
JOIN code_values AS k ON k.code_value = o.CATALOG_TYPE_CD AND k.meaning = 'PHARMACY'
LEFT JOIN code_values AS s ON s.code_value = o.ORDER_STATUS_CD
LEFT JOIN drug_strengths AS n
  ON n.drug_id = o.CATALOG_CD AND n.name = COALESCE(o.ORDER_MNEMONIC, o.HNA_ORDER_MNEMONIC)
LEFT JOIN order_facts AS f ON f.order_id = o.ORDER_ID
WHERE EHR_INTEGER(o.ACTIVE_IND) = 1
  AND COALESCE(s.meaning, '-') NOT IN ('CANCELED', 'DELETED', 'VOIDEDWRSLT')
