/* The site's own words for where patients were discharged to (code set 19). */
SELECT DISTINCT c.display AS disposition, LOWER(c.display) AS words
FROM code_values AS c
WHERE c.code_set = 19
