/* Where each discharge disposition of the site leads to, by its name; after the groups of the UB-04
   patient discharge status codes. A name that fits none is `other`. */
SELECT
  EHR_TEXT(d.DISCH_DISP_C) AS disposition_id,
  d.NAME AS disposition,
  CASE
    WHEN LOWER(d.NAME) LIKE '%expired%' OR LOWER(d.NAME) LIKE '%died%'
      OR LOWER(d.NAME) LIKE '%deceased%' THEN 'died'
    WHEN LOWER(d.NAME) LIKE '%hospice%' THEN 'hospice'
    WHEN LOWER(d.NAME) LIKE '%against%' OR LOWER(d.NAME) LIKE '%left without%'
      OR LOWER(d.NAME) LIKE '%elope%' THEN 'against-advice'
    WHEN LOWER(d.NAME) LIKE '%home health%' OR LOWER(d.NAME) LIKE '%home-health%' THEN 'home-health'
    WHEN LOWER(d.NAME) LIKE '%rehab%' THEN 'rehabilitation'
    WHEN LOWER(d.NAME) LIKE '%psych%' THEN 'psychiatric'
    WHEN LOWER(d.NAME) LIKE '%long term%' OR LOWER(d.NAME) LIKE '%long-term%'
      OR LOWER(d.NAME) LIKE '%ltac%' THEN 'long-term-care'
    WHEN LOWER(d.NAME) LIKE '%skilled%' OR LOWER(d.NAME) LIKE '%nursing%' THEN 'skilled-nursing'
    WHEN LOWER(d.NAME) LIKE '%home%' OR LOWER(d.NAME) LIKE '%self care%' THEN 'home'
    WHEN LOWER(d.NAME) LIKE '%hospital%' THEN 'hospital'
    ELSE 'other'
  END AS discharged_to
FROM ZC_DISCH_DISP AS d
