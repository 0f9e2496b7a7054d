SELECT r.ancestor AS ancestor, r.descendant AS descendant FROM DESCENT_ROWS AS r
