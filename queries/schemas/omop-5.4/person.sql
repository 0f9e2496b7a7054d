/* Where the day of birth is missing, the middle of what is known: 15th of the month, or 1 July. A
   person has one race here; where its concept is 0, the source's own words are read. */
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
  CASE
    WHEN EHR_TEXT(p.race_concept_id) = '8657' THEN 'american-indian'
    WHEN EHR_TEXT(p.race_concept_id) = '8515' THEN 'asian'
    WHEN EHR_TEXT(p.race_concept_id) = '8516' THEN 'black'
    WHEN EHR_TEXT(p.race_concept_id) = '8557' THEN 'pacific-islander'
    WHEN EHR_TEXT(p.race_concept_id) = '8527' THEN 'white'
    WHEN EHR_TEXT(p.race_concept_id) = '8522' THEN 'other'
    WHEN LOWER(EHR_TEXT(p.race_source_value)) LIKE 'multi%' OR LOWER(EHR_TEXT(p.race_source_value)) LIKE 'two or more%'
      THEN 'multiple'
    WHEN LOWER(EHR_TEXT(p.race_source_value)) LIKE 'other%' THEN 'other'
    ELSE 'unknown'
  END AS race,
  CASE EHR_TEXT(p.ethnicity_concept_id)
    WHEN '38003563' THEN 'hispanic'
    WHEN '38003564' THEN 'not-hispanic'
    ELSE 'unknown'
  END AS ethnicity,
  d.death_date AS death_date
FROM PERSON AS p
LEFT JOIN deaths AS d ON d.person_id = p.person_id
