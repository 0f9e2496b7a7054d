SELECT
  r.ancestor AS ancestor,
  r.descendant AS descendant
FROM EHR_DESCENT AS r
