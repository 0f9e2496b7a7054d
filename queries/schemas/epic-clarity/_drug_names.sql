/* What is left of each drug's name without the generic name, the form and words of release. */
SELECT
  d.MEDICATION_ID AS drug_id,
  d.NAME AS name,
  TRIM(
    REPLACE(
      REPLACE(
        REPLACE(
          REPLACE(
            REPLACE(UPPER(d.NAME), COALESCE(UPPER(d.GENERIC_NAME), '-'), ''),
            COALESCE(UPPER(d.FORM), '-'), ''
          ),
          'EXTENDED RELEASE', ''
        ),
        ' ER ', ' '
      ),
      ',', ''
    )
  ) AS rest
FROM CLARITY_MEDICATION AS d
