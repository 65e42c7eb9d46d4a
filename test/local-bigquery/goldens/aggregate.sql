SELECT s3.c9 AS "ds", s3.c6 AS "uv", s3.c7 AS "amt"
FROM (
SELECT s2.c8 AS c9, count(DISTINCT s2.c2) AS c6, (sum(s2.c3) + CAST(0 AS DECIMAL(38,9))) AS c7
FROM (
SELECT s1."user_id" AS c2, s1."amt" AS c3, s1."paid_at" AS c4, CAST((CASE WHEN s1."paid_at" >= make_timestamptz(684867600000000) THEN make_timestamp(epoch_us(s1."paid_at") + 28800000000) ELSE timezone('Asia/Shanghai', s1."paid_at") END) AS DATE) AS c8
FROM memory.main."orders" AS s1
WHERE (CAST('0' AS DECIMAL(38,9)) < s1."amt")
) AS s2
GROUP BY 1
) AS s3
ORDER BY s3.c9 ASC NULLS FIRST;
