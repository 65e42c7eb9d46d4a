SELECT s2.c1 AS "order_id", s2.c3 AS "amt"
FROM (
SELECT s1."order_id" AS c1, s1."user_id" AS c2, s1."amt" AS c3, s1."paid_at" AS c4, row_number() OVER (PARTITION BY s1."user_id" ORDER BY s1."paid_at" DESC NULLS LAST, s1."order_id" ASC NULLS FIRST) AS c7
FROM memory.main."orders" AS s1
) AS s2
WHERE (s2.c7 = CAST(1 AS BIGINT));
