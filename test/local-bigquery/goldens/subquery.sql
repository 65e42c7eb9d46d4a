SELECT s2."user_id" AS "user_id", coalesce((
SELECT list({'f0': s3."order_id", 'f1': s3."amt"} ORDER BY s3."paid_at" ASC NULLS FIRST)
FROM memory.main."orders" AS s3
WHERE (s3."user_id" = s1."log_id")
), []) AS "orders"
FROM memory.main."triggers" AS s1
INNER JOIN memory.main."orders" AS s2 ON (s1."ds" = s2."ds");
