/*
Opioids that were ordered or dispensed, not those that were administered, nor hospital orders, which
have neither a quantity nor days of supply: one row per event and ingredient with the MME of all
that the event supplies. The factors are those of CDC 2022 (MMWR Recomm Rep 71(3)) for drugs by
mouth, and for fentanyl patches of 72 hours in micrograms an hour.
*/
WITH opioid_rows AS (
  SELECT DISTINCT
    m.person_id AS person_id,
    m.event_id AS event_id,
    m.event_date AS event_date,
    m.code AS code,
    m.quantity AS quantity,
    m.days_supply AS days_supply,
    m.strength AS strength,
    LOWER(TRIM(m.strength_unit)) AS strength_unit
  FROM medications AS m
  WHERE EHR_IN_CODES(m, :opioid)
    AND m.vocabulary = 'rxnorm'
    AND NOT m.event_date IS NULL
    AND NOT COALESCE(m.setting, '-') = 'administered'
    AND NOT (m.quantity IS NULL AND m.days_supply IS NULL)
)
SELECT
  o.person_id AS person_id,
  o.event_id AS event_id,
  o.event_date AS event_date,
  o.code AS code,
  o.days_supply AS days_supply,
  o.strength * o.quantity * CASE
    WHEN o.code = '4337' THEN
      CASE
        WHEN o.strength_unit IN ('ug/h', 'ug/hr', 'mcg/h', 'mcg/hr', 'mcg/hour') THEN 7.2
      END
    ELSE
      CASE o.code
        WHEN '2670' THEN 0.15
        WHEN '5489' THEN 1
        WHEN '3423' THEN 5
        WHEN '6813' THEN 4.7
        WHEN '7052' THEN 1
        WHEN '7804' THEN 1.5
        WHEN '7814' THEN 3
        WHEN '787390' THEN 0.4
        WHEN '10689' THEN 0.2
      END * CASE
        WHEN o.strength_unit IN ('mg', 'mg/1', 'mg/ml') THEN 1
        WHEN o.strength_unit IN ('g', 'gm') THEN 1000
        WHEN o.strength_unit IN ('ug', 'mcg') THEN 0.001
        WHEN o.strength_unit IN ('mg/5ml', 'mg/5 ml') THEN 0.2
      END
  END AS total_mme
FROM opioid_rows AS o
