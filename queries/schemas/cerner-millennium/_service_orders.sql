/* Completed orders that are neither drugs nor laboratory tests, with the time of the last charted
   result that is not in error: when it was done. */
SELECT
  m.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(o.ENCNTR_ID)) AS encounter_id,
  EHR_KEY('order', EHR_TEXT(EHR_INTEGER(o.ORDER_ID))) AS event_id,
  EHR_TO_DATE(o.ORIG_ORDER_DT_TM) AS order_date,
  EHR_CODE(c.display) AS code,
  MAX(
    CASE
      WHEN COALESCE(z.meaning, '-')
        NOT IN ('INERROR', 'IN ERROR', 'INERRNOMUT', 'INERRNOVIEW', 'NOT DONE', 'CANCELED')
        THEN EHR_TO_TIME(e.EVENT_END_DT_TM)
    END
  ) AS performed
FROM ORDERS AS o
JOIN patients AS m ON m.record_id = o.PERSON_ID
JOIN code_values AS c ON c.code_value = o.CATALOG_CD
JOIN code_values AS k
  ON k.code_value = o.CATALOG_TYPE_CD AND k.meaning NOT IN ('PHARMACY', 'GENERAL LAB')
JOIN code_values AS s ON s.code_value = o.ORDER_STATUS_CD AND s.meaning = 'COMPLETED'
LEFT JOIN CLINICAL_EVENT AS e
  ON e.ORDER_ID = o.ORDER_ID AND EHR_TO_DATE(e.VALID_UNTIL_DT_TM) >= EHR_DATE('2100-01-01')
LEFT JOIN code_values AS z ON z.code_value = e.RESULT_STATUS_CD
WHERE EHR_INTEGER(o.ACTIVE_IND) = 1
GROUP BY
  m.person_id,
  EHR_TEXT(EHR_INTEGER(o.ENCNTR_ID)),
  EHR_KEY('order', EHR_TEXT(EHR_INTEGER(o.ORDER_ID))),
  EHR_TO_DATE(o.ORIG_ORDER_DT_TM),
  EHR_CODE(c.display)
