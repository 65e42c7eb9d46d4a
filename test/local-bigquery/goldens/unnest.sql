SELECT s2.c1 AS "log_id", struct_extract(s2.c4, 'f0') AS "seq", struct_extract(s2.c4, 'f1') AS "amt", s2.c5 AS "o"
FROM (
SELECT s1."log_id" AS c1, s1."ds" AS c2, s1."benefits" AS c3, unnest(s1."benefits") AS c4, generate_subscripts(s1."benefits", 1) - 1 AS c5
FROM memory.main."triggers" AS s1
) AS s2
WHERE (s2.c2 = DATE '2024-06-01');
