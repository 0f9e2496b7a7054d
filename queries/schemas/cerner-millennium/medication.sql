/* Drug orders that were neither canceled nor deleted; one row per RxNorm ingredient of the drug's
   concept. The last action on an order says how long it lasts; only days are counted,
   and the day of the order is the first of them. */
WITH durations AS (
  SELECT
    EHR_INTEGER(d.ORDER_ID) AS order_id,
    d.OE_FIELD_MEANING AS meaning,
    d.OE_FIELD_DISPLAY_VALUE AS display_value,
    EHR_INTEGER(d.OE_FIELD_VALUE) AS number_value,
    ROW_NUMBER() OVER (
      PARTITION BY EHR_INTEGER(d.ORDER_ID), d.OE_FIELD_MEANING
      ORDER BY EHR_INTEGER(d.ACTION_SEQUENCE) DESC, EHR_INTEGER(d.DETAIL_SEQUENCE) DESC
    ) AS choice
  FROM ORDER_DETAIL AS d
  WHERE d.OE_FIELD_MEANING IN ('DURATION', 'DURATIONUNIT')
)
SELECT
  m.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(o.ENCNTR_ID)) AS encounter_id,
  EHR_TEXT(EHR_INTEGER(o.ORDER_ID)) AS event_id,
  EHR_TO_DATE(o.ORIG_ORDER_DT_TM) AS event_date,
  EHR_ADD_DAYS(
    EHR_TO_DATE(o.ORIG_ORDER_DT_TM),
    x.number_value - CASE WHEN x.number_value > 0 THEN 1 ELSE 0 END
  ) AS end_date,
  EHR_NO_TIME() AS event_time,
  'rxnorm' AS vocabulary,
  n.code AS code,
  COALESCE(o.ORDER_MNEMONIC, o.HNA_ORDER_MNEMONIC) AS name,
  EHR_NO_TEXT() AS setting,
  EHR_NO_NUMBER() AS quantity,
  EHR_INTEGER(EHR_NO_TEXT()) AS days_supply,
  EHR_NO_NUMBER() AS strength,
  EHR_NO_TEXT() AS strength_unit
FROM ORDERS AS o
JOIN patients AS m ON m.record_id = EHR_TEXT(EHR_INTEGER(o.PERSON_ID))
JOIN code_values AS k
  ON k.code_value = EHR_TEXT(EHR_INTEGER(o.CATALOG_TYPE_CD)) AND k.meaning = 'PHARMACY'
LEFT JOIN code_values AS s ON s.code_value = EHR_TEXT(EHR_INTEGER(o.ORDER_STATUS_CD))
LEFT JOIN code_values AS c ON c.code_value = EHR_TEXT(EHR_INTEGER(o.CATALOG_CD))
LEFT JOIN terms AS n ON n.concept = c.concept AND n.vocabulary = 'rxnorm'
LEFT JOIN durations AS y
  ON y.order_id = EHR_INTEGER(o.ORDER_ID)
  AND y.meaning = 'DURATIONUNIT' AND y.choice = 1
LEFT JOIN durations AS x
  ON x.order_id = EHR_INTEGER(o.ORDER_ID)
  AND x.meaning = 'DURATION' AND x.choice = 1 AND LOWER(y.display_value) LIKE 'day%'
WHERE EHR_INTEGER(o.ACTIVE_IND) = 1
  AND COALESCE(s.meaning, '-') NOT IN ('CANCELED', 'DELETED', 'VOIDEDWRSLT')
