/* What record linkage compares, from the surviving record: its open home address and home phone. No
   e-mail address is read. */
WITH home_addresses AS (
  SELECT
    a.PARENT_ENTITY_ID AS record_id,
    a.STREET_ADDR AS street,
    a.ZIPCODE AS zip,
    ROW_NUMBER() OVER (
      PARTITION BY a.PARENT_ENTITY_ID ORDER BY EHR_INTEGER(a.ADDRESS_ID) DESC
    ) AS choice
  FROM ADDRESS AS a
  JOIN code_values AS t
    ON t.code_value = a.ADDRESS_TYPE_CD AND t.meaning = 'HOME'
  WHERE a.PARENT_ENTITY_NAME = 'PERSON' AND EHR_INTEGER(a.ACTIVE_IND) = 1
    AND EHR_TO_DATE(a.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
),
home_phones AS (
  SELECT
    h.PARENT_ENTITY_ID AS record_id,
    h.PHONE_NUM AS phone,
    ROW_NUMBER() OVER (
      PARTITION BY h.PARENT_ENTITY_ID ORDER BY EHR_INTEGER(h.PHONE_ID) DESC
    ) AS choice
  FROM PHONE AS h
  JOIN code_values AS t
    ON t.code_value = h.PHONE_TYPE_CD AND t.meaning = 'HOME'
  WHERE h.PARENT_ENTITY_NAME = 'PERSON' AND EHR_INTEGER(h.ACTIVE_IND) = 1
    AND EHR_TO_DATE(h.END_EFFECTIVE_DT_TM) >= EHR_DATE('2100-01-01')
)
SELECT
  q.person_id AS person_id,
  p.NAME_FIRST AS first_name,
  p.NAME_LAST AS last_name,
  q.birth_date AS birth_date,
  q.sex AS sex,
  a.zip AS zip,
  h.phone AS phone,
  EHR_NO_TEXT() AS email,
  a.street AS address
FROM persons AS q
JOIN patients AS m ON m.person_id = q.person_id AND m.record_id = m.survivor_id
JOIN PERSON AS p ON p.PERSON_ID = m.record_id
LEFT JOIN home_addresses AS a ON a.record_id = m.record_id AND a.choice = 1
LEFT JOIN home_phones AS h ON h.record_id = m.record_id AND h.choice = 1
