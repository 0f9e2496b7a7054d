/* Where the day of birth is missing, the middle of what is known: 15th of the month, or 1 July. */
SELECT
  EHR_TEXT(p.person_id) AS person_id,
  COALESCE(
    EHR_TO_DATE(p.birth_datetime),
    EHR_MAKE_DATE(
      EHR_INTEGER(p.year_of_birth),
      COALESCE(EHR_INTEGER(p.month_of_birth), 7),
      COALESCE(EHR_INTEGER(p.day_of_birth), CASE WHEN p.month_of_birth IS NULL THEN 1 ELSE 15 END)
    )
  ) AS birth_date,
  CASE EHR_TEXT(p.gender_concept_id)
    WHEN '8532' THEN 'female'
    WHEN '8507' THEN 'male'
    ELSE 'unknown'
  END AS sex,
  'unknown' AS race,
  'unknown' AS ethnicity,
  d.death_date AS death_date
FROM PERSON AS p
LEFT JOIN deaths AS d ON d.person_id = EHR_TEXT(p.person_id)
