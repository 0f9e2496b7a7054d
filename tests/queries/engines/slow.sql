/*
title = "A join that takes hours: it is stopped in tests"

[columns]
n = ["integer", "none"]
*/
SELECT COUNT(*) AS n
FROM persons AS a
JOIN persons AS b ON a.person_id <> b.person_id
JOIN persons AS c ON b.person_id <> c.person_id
JOIN persons AS d ON c.person_id <> d.person_id
