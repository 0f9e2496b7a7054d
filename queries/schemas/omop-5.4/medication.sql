/* The standard and the source concept, each as an OMOP number and as its vocabulary's code, and the
   ingredients that DRUG_STRENGTH tells of the standard one. The type
   tells the setting: 32833 order, 32838 and 38000177 prescription; 32818 and 38000180 given; 32825,
   32869 and 38000175 dispensed. Quantity and days of supply are those of one fill. An instant at
   midnight stands for an unknown time. Strength is told of ingredients alone. */
WITH drugs AS (
  SELECT DISTINCT
    COALESCE(EHR_TEXT(t.drug_concept_id), '-') AS standard_key,
    COALESCE(EHR_TEXT(t.drug_source_concept_id), '-') AS source_key,
    t.drug_concept_id AS standard_id,
    t.drug_source_concept_id AS source_id
  FROM DRUG_EXPOSURE AS t
),
drug_concepts AS (
  SELECT
    d.standard_key AS standard_key,
    d.source_key AS source_key,
    d.standard_id AS concept_id,
    s.strength AS strength,
    s.strength_unit AS strength_unit
  FROM drugs AS d
  LEFT JOIN ingredient_strengths AS s
    ON s.drug_id = d.source_id AND s.ingredient_id = d.standard_id
  UNION ALL
  SELECT
    d.standard_key AS standard_key,
    d.source_key AS source_key,
    d.source_id AS concept_id,
    EHR_NO_NUMBER() AS strength,
    EHR_NO_TEXT() AS strength_unit
  FROM drugs AS d
  WHERE d.source_key <> d.standard_key
  UNION ALL
  SELECT
    d.standard_key AS standard_key,
    d.source_key AS source_key,
    s.ingredient_id AS concept_id,
    s.strength AS strength,
    s.strength_unit AS strength_unit
  FROM drugs AS d
  JOIN ingredient_strengths AS s ON s.drug_id = d.standard_id
)
SELECT
  EHR_TEXT(t.person_id) AS person_id,
  EHR_TEXT(t.visit_occurrence_id) AS encounter_id,
  EHR_TEXT(t.drug_exposure_id) AS event_id,
  EHR_TO_DATE(t.drug_exposure_start_date) AS event_date,
  EHR_TO_DATE(t.drug_exposure_end_date) AS end_date,
  CASE
    WHEN EHR_TO_TIME(t.drug_exposure_start_datetime) <> EHR_TO_TIME(t.drug_exposure_start_date)
      THEN EHR_TO_TIME(t.drug_exposure_start_datetime)
  END AS event_time,
  c.vocabulary AS vocabulary,
  c.code AS code,
  EHR_TEXT(t.drug_source_value) AS name,
  CASE
    WHEN EHR_TEXT(t.drug_type_concept_id) IN ('32833', '32838', '38000177') THEN 'ordered'
    WHEN EHR_TEXT(t.drug_type_concept_id) IN ('32818', '38000180') THEN 'administered'
    WHEN EHR_TEXT(t.drug_type_concept_id) IN ('32825', '32869', '38000175') THEN 'dispensed'
  END AS setting,
  EHR_NUMBER(t.quantity) AS quantity,
  EHR_INTEGER(t.days_supply) AS days_supply,
  d.strength AS strength,
  d.strength_unit AS strength_unit
FROM DRUG_EXPOSURE AS t
JOIN drug_concepts AS d
  ON d.standard_key = COALESCE(EHR_TEXT(t.drug_concept_id), '-')
  AND d.source_key = COALESCE(EHR_TEXT(t.drug_source_concept_id), '-')
JOIN concept_codes AS c ON c.concept_id = d.concept_id
