/* Encounters on a tracking board of an emergency department. Boards have no stable meaning: they
   are told by their display, which a site may have to adapt here. */
SELECT
  i.ENCNTR_ID AS encounter_key,
  MAX(EHR_TO_TIME(c.CHECKOUT_DT_TM)) AS checked_out,
  MAX(d.display) AS disposition
FROM TRACKING_CHECKIN AS c
JOIN TRACKING_ITEM AS i ON i.TRACKING_ID = c.TRACKING_ID
JOIN code_values AS g
  ON g.code_value = c.TRACKING_GROUP_CD
  AND (
    UPPER(g.display) LIKE '%EMERGENCY%'
    OR UPPER(g.display) LIKE 'ED %'
    OR UPPER(g.display) LIKE '% ED %'
  )
LEFT JOIN code_values AS d ON d.code_value = c.CHECKOUT_DISPOSITION_CD
WHERE EHR_INTEGER(c.ACTIVE_IND) = 1 AND EHR_INTEGER(i.ACTIVE_IND) = 1
GROUP BY i.ENCNTR_ID
