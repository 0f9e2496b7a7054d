/*
Diagnoses of :lookback days before each index event up to its day, and of the index encounter
whatever their date: all of these, those present on admission, or none of them.
*/
SELECT
  i.person_id AS person_id,
  i.index_number AS index_number,
  c.event_date AS event_date,
  c.vocabulary AS vocabulary,
  c.code AS code
FROM index_surgeries AS i
JOIN conditions AS c ON c.person_id = i.person_id
WHERE CASE
  WHEN c.encounter_id = i.encounter_id THEN
    CASE
      WHEN :index_admission = 'include' THEN 1
      WHEN :index_admission = 'present' AND c.present_on_admission = 'yes' THEN 1
      ELSE 0
    END
  WHEN EHR_DAY_DIFF(c.event_date, i.index_date) BETWEEN 0 AND :lookback THEN 1
  ELSE 0
END = 1
