/* Weight in ounces, height in inches (from text as 5' 6", or a number) and body mass index of
   contacts; only the height is text. The chart tells the day alone. LOINC 29463-7, 8302-2, 39156-5. */
WITH sized AS (
  SELECT
    m.person_id AS person_id,
    EHR_TEXT(e.PAT_ENC_CSN_ID) AS encounter_id,
    EHR_TO_DATE(e.CONTACT_DATE) AS event_date,
    e.WEIGHT AS weight,
    e.HEIGHT AS height,
    REPLACE(REPLACE(e.HEIGHT, '"', ''), ' ', '') AS feet_inches,
    e.BMI AS bmi
  FROM PAT_ENC AS e
  JOIN patients AS m ON m.pat_id = e.PAT_ID
  WHERE e.WEIGHT IS NOT NULL OR e.HEIGHT IS NOT NULL OR e.BMI IS NOT NULL
),
sizes AS (
  SELECT '29463-7' AS code, '[oz_av]' AS unit
  UNION ALL
  SELECT '8302-2' AS code, '[in_i]' AS unit
  UNION ALL
  SELECT '39156-5' AS code, 'kg/m2' AS unit
)
SELECT
  v.person_id AS person_id,
  v.encounter_id AS encounter_id,
  EHR_KEY('visit', EHR_KEY(v.encounter_id, z.code)) AS event_id,
  v.event_date AS event_date,
  z.code AS code,
  CASE z.code
    WHEN '29463-7' THEN EHR_NUMBER(v.weight)
    WHEN '39156-5' THEN EHR_NUMBER(v.bmi)
    ELSE
      CASE
        WHEN v.feet_inches LIKE '_''%'
          THEN
            12 * EHR_NUMBER(EHR_PREFIX(v.feet_inches, 1))
            + EHR_NUMBER(REPLACE(v.feet_inches, EHR_PREFIX(v.feet_inches, 2), '0'))
        ELSE EHR_NUMBER(v.feet_inches)
      END
  END AS value_number,
  CASE WHEN z.code = '8302-2' THEN v.height END AS value_text,
  z.unit AS unit
FROM sized AS v
CROSS JOIN sizes AS z
WHERE (z.code = '29463-7' AND v.weight IS NOT NULL)
  OR (z.code = '39156-5' AND v.bmi IS NOT NULL)
  OR (z.code = '8302-2' AND v.height IS NOT NULL)
