/* Where each discharge disposition of a site leads to, by its words (`dispositions`); after the groups
   of the UB-04 patient discharge status codes. Words that fit none are `other`. */
SELECT
  d.disposition AS disposition,
  CASE
    WHEN d.words LIKE '%expired%' OR d.words LIKE '%died%' OR d.words LIKE '%deceased%' THEN 'died'
    WHEN d.words LIKE '%hospice%' THEN 'hospice'
    WHEN d.words LIKE '%against%' OR d.words LIKE '%left without%' OR d.words LIKE '%elope%'
      THEN 'against-advice'
    WHEN d.words LIKE '%home health%' OR d.words LIKE '%home-health%' THEN 'home-health'
    WHEN d.words LIKE '%rehab%' THEN 'rehabilitation'
    WHEN d.words LIKE '%psych%' THEN 'psychiatric'
    WHEN d.words LIKE '%long term%' OR d.words LIKE '%long-term%' OR d.words LIKE '%ltac%'
      THEN 'long-term-care'
    WHEN d.words LIKE '%skilled%' OR d.words LIKE '%nursing%' THEN 'skilled-nursing'
    WHEN d.words LIKE '%home%' OR d.words LIKE '%self care%' THEN 'home'
    WHEN d.words LIKE '%hospital%' THEN 'hospital'
    ELSE 'other'
  END AS discharged_to
FROM dispositions AS d
