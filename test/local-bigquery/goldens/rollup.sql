SELECT s3.c8 AS "ds", s3.c9 AS "user_id", s3.c10 AS "is_all", s3.c7 AS "amt"
FROM (
SELECT s2.c8 AS c8, s2.c9 AS c9, (sum(s2.c3) + CAST(0 AS DECIMAL(38,9))) AS c7, CAST(GROUPING(s2.c9) AS BIGINT) AS c10
FROM (
SELECT s1."user_id" AS c2, s1."amt" AS c3, s1."ds" AS c5, s1."ds" AS c8, s1."user_id" AS c9
FROM memory.main."orders" AS s1
) AS s2
GROUP BY GROUPING SETS ((s2.c8, s2.c9), (s2.c8), ())
HAVING count(*) > 0
) AS s3;
