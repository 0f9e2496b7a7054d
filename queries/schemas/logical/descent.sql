SELECT
  r.ancestor AS ancestor,
  r.descendant AS descendant
FROM EHRKIT_DESCENT AS r
