/* Which flowsheet rows are what, by their name: the numbers of rows are the site's own, and so are
   many names, so a site with other names overlays this file. `part` tells a blood pressure
   (120/80) apart. Units are those of the values as filed (UCUM): ounces and Fahrenheit.
   LOINC: 8480-6 and 8462-4 blood pressure, 8310-5 temperature, 8867-4 heart rate, 9279-1
   respiratory rate, 59408-5 oxygen saturation, 29463-7 weight, 8302-2 height, 72514-3 pain 0-10. */
WITH known_rows AS (
  SELECT 'BLOOD PRESSURE' AS row_name, 'systolic' AS part, '8480-6' AS code, 'mm[Hg]' AS unit
  UNION ALL SELECT 'BLOOD PRESSURE' AS row_name, 'diastolic' AS part, '8462-4' AS code, 'mm[Hg]' AS unit
  UNION ALL SELECT 'TEMPERATURE' AS row_name, 'whole' AS part, '8310-5' AS code, '[degF]' AS unit
  UNION ALL SELECT 'PULSE' AS row_name, 'whole' AS part, '8867-4' AS code, '/min' AS unit
  UNION ALL SELECT 'RESPIRATIONS' AS row_name, 'whole' AS part, '9279-1' AS code, '/min' AS unit
  UNION ALL SELECT 'PULSE OXIMETRY' AS row_name, 'whole' AS part, '59408-5' AS code, '%' AS unit
  UNION ALL SELECT 'WEIGHT/SCALE' AS row_name, 'whole' AS part, '29463-7' AS code, '[oz_av]' AS unit
  UNION ALL SELECT 'WEIGHT' AS row_name, 'whole' AS part, '29463-7' AS code, '[oz_av]' AS unit
  UNION ALL SELECT 'HEIGHT' AS row_name, 'whole' AS part, '8302-2' AS code, '[in_i]' AS unit
  UNION ALL SELECT 'PAIN SCORE' AS row_name, 'whole' AS part, '72514-3' AS code, '{score}' AS unit
)
SELECT g.FLO_MEAS_ID AS row_id, k.part AS part, k.code AS code, k.unit AS unit
FROM IP_FLO_GP_DATA AS g
JOIN known_rows AS k ON k.row_name = UPPER(g.FLO_MEAS_NAME)
