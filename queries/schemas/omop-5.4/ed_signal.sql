/* The four signals as far as the CDM keeps them. 1 a unit of the visit is an emergency department
   (VISIT_DETAIL 9203); 2 the visit is called one (9203, or 262 when it became an admission); 3 its
   care site is one (place of service 8870); 4 billing: 99281-99285 and G0380-G0384, for revenue
   codes are not kept. A loader may have made 2 from signals that did not come along. */
WITH ed_visits AS (
  SELECT v.visit_occurrence_id AS visit_id, 'record' AS signal
  FROM VISIT_DETAIL AS v
  WHERE EHR_TEXT(v.visit_detail_concept_id) = '9203'
  UNION ALL
  SELECT v.visit_occurrence_id AS visit_id, 'visit' AS signal
  FROM VISIT_OCCURRENCE AS v
  WHERE EHR_TEXT(v.visit_concept_id) IN ('9203', '262')
  UNION ALL
  SELECT v.visit_occurrence_id AS visit_id, 'site' AS signal
  FROM VISIT_OCCURRENCE AS v
  JOIN CARE_SITE AS s
    ON s.care_site_id = v.care_site_id AND EHR_TEXT(s.place_of_service_concept_id) = '8870'
  UNION ALL
  SELECT p.visit_occurrence_id AS visit_id, 'billing' AS signal
  FROM PROCEDURE_OCCURRENCE AS p
  JOIN concept_codes AS c
    ON c.concept_id = p.procedure_source_concept_id
    AND c.vocabulary = 'hcpcs'
    AND (c.code BETWEEN '99281' AND '99285' OR c.code BETWEEN 'G0380' AND 'G0384')
)
SELECT
  EHR_TEXT(v.person_id) AS person_id,
  EHR_TEXT(v.visit_occurrence_id) AS encounter_id,
  MAX(CASE WHEN e.signal = 'record' THEN 1 ELSE 0 END) AS ed_record,
  MAX(CASE WHEN e.signal = 'visit' THEN 1 ELSE 0 END) AS base_class,
  MAX(CASE WHEN e.signal = 'site' THEN 1 ELSE 0 END) AS class_or_department,
  MAX(CASE WHEN e.signal = 'billing' THEN 1 ELSE 0 END) AS billing
FROM VISIT_OCCURRENCE AS v
JOIN ed_visits AS e ON e.visit_id = v.visit_occurrence_id
GROUP BY EHR_TEXT(v.person_id), EHR_TEXT(v.visit_occurrence_id)
