/* Codes by number. Numbers differ from site to site, so all other files look a code up by its set
   and meaning, or by its display where Millennium gives no meaning. Codes that are no longer given
   still decode the rows that used them. */
SELECT
  c.CODE_VALUE AS code_value,
  EHR_INTEGER(c.CODE_SET) AS code_set,
  COALESCE(UPPER(c.CDF_MEANING), '-') AS meaning,
  c.DISPLAY AS display,
  c.CONCEPT_CKI AS concept
FROM CODE_VALUE AS c
