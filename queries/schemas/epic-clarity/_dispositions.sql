/* The site's own words for where patients were discharged to. */
SELECT DISTINCT z.NAME AS disposition, LOWER(z.NAME) AS words
FROM ZC_DISCH_DISP AS z
