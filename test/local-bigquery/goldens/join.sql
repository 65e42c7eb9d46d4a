SELECT s4.c6 AS "log_id", s4.c10 AS "order_id"
FROM (
WITH "paid" AS (
SELECT s1."user_id" AS c2, s1."order_id" AS c1
FROM memory.main."orders" AS s1
WHERE (NOT (s1."paid_at" IS NULL))
)
SELECT s2."log_id" AS c6, s3.c1 AS c10
FROM memory.main."triggers" AS s2
LEFT JOIN "paid" AS s3 ON (s3.c2 = s2."log_id")
) AS s4;
