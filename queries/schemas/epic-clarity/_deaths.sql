/* The earliest death date on any record of the person. Deaths outside the hospital are often
   missing: no date does not mean alive. */
SELECT m.person_id AS person_id, MIN(EHR_TO_DATE(p.DEATH_DATE)) AS death_date
FROM patients AS m
JOIN PATIENT AS p ON p.PAT_ID = m.pat_id
GROUP BY m.person_id
