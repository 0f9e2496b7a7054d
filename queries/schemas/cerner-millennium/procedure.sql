/* Coded procedures of encounters that took place, begun when the only performed case of their
   encounter and day was; their DRGs on the day of registration; and images, injections and therapy
   that were ordered and done, as `local` codes: the catalog's display in capitals, such as MRI SPINE,
   EPIDURAL STEROID INJECTION, PHYSICAL THERAPY TREATMENT on the synthetic chart, for catalog numbers
   change between domains of one site. List those of your site: `ehrkit codes count` counts them. */
SELECT
  r.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(r.encounter_key)) AS encounter_id,
  EHR_TEXT(EHR_INTEGER(p.PROCEDURE_ID)) AS event_id,
  EHR_TO_DATE(p.PROC_DT_TM) AS event_date,
  s.start_time AS event_time,
  t.vocabulary AS vocabulary,
  t.code AS code
FROM PROCEDURE AS p
JOIN registrations AS r ON r.encounter_key = p.ENCNTR_ID
JOIN terms AS t
  ON t.term_id = p.NOMENCLATURE_ID AND t.vocabulary IN ('icd10pcs', 'hcpcs', 'snomed')
LEFT JOIN or_starts AS s
  ON s.encounter_key = p.ENCNTR_ID AND s.surgery_date = EHR_TO_DATE(p.PROC_DT_TM)
WHERE EHR_INTEGER(p.ACTIVE_IND) = 1
  AND EHR_TO_DATE(p.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
UNION ALL
SELECT
  r.person_id AS person_id,
  EHR_TEXT(EHR_INTEGER(r.encounter_key)) AS encounter_id,
  EHR_KEY('drg', EHR_TEXT(EHR_INTEGER(g.DRG_ID))) AS event_id,
  EHR_TO_DATE(COALESCE(r.registered, r.arrived)) AS event_date,
  EHR_NO_TIME() AS event_time,
  t.vocabulary AS vocabulary,
  t.code AS code
FROM DRG AS g
JOIN registrations AS r ON r.encounter_key = g.ENCNTR_ID
JOIN terms AS t ON t.term_id = g.NOMENCLATURE_ID AND t.vocabulary = 'drg'
WHERE EHR_INTEGER(g.ACTIVE_IND) = 1
  AND EHR_TO_DATE(g.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
UNION ALL
SELECT
  o.person_id AS person_id,
  o.encounter_id AS encounter_id,
  o.event_id AS event_id,
  COALESCE(EHR_TO_DATE(o.performed), o.order_date) AS event_date,
  o.performed AS event_time,
  'local' AS vocabulary,
  o.code AS code
FROM service_orders AS o
