/* The earliest death on any record of the person. Deaths outside the hospital are often missing: no
   date does not mean alive. */
SELECT m.person_id AS person_id, MIN(EHR_TO_DATE(p.DECEASED_DT_TM)) AS death_date
FROM patients AS m
JOIN PERSON AS p ON p.PERSON_ID = m.record_id
GROUP BY m.person_id
