/*
Opioids that were ordered or dispensed, not those that were administered, nor hospital orders, which
have neither a quantity nor days of supply: one row per event and ingredient with the MME of all
that the event supplies.
*/
SELECT DISTINCT
  m.person_id AS person_id,
  m.event_id AS event_id,
  m.event_date AS event_date,
  m.code AS code,
  m.days_supply AS days_supply,
  EHR_MME(m) AS total_mme
FROM medications AS m
WHERE EHR_IN_CODES(m, :opioid)
  AND m.vocabulary = 'rxnorm'
  AND NOT m.event_date IS NULL
  AND NOT COALESCE(m.setting, '-') = 'administered'
  AND NOT (m.quantity IS NULL AND m.days_supply IS NULL)
